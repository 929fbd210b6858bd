//! The folder that one call reads its file from and writes its download to.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::case::Case;
use crate::transfer::{Before, TargetWay};

/// What lies in a folder: names below it, and what they are.
pub type Tree = BTreeMap<String, Node>;

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A folder.
    Folder,
    /// A file with these bytes and these permissions.
    File(Vec<u8>, u32),
    /// A symbolic link to this.
    Link(String),
}

/// Where downloads to a path go: deep enough that a name which climbs two steps is still seen.
const TARGET: &str = "in/target";
/// The permissions of a file that lies in the target folder before the call. No usual umask gives a new file these.
const KEPT: u32 = 0o664;
/// Where a testee writes what came into memory or to a writer.
pub const CONTENT: &str = "content";

/// A fresh folder of one call, removed with it.
#[derive(Debug)]
pub struct Folder {
    root: TempDir,
    before: Tree,
    /// The permissions of a new file.
    mode: u32,
}

impl Folder {
    /// Makes the folder of a case, with what lies there before the call.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn make(case: &Case) -> io::Result<Self> {
        let root = tempfile::Builder::new()
            .prefix("penbox-conformance-")
            .tempdir()?;
        let target = root.path().join(TARGET);
        fs::create_dir_all(&target)?;
        if let Some(file) = &case.file {
            fs::create_dir(root.path().join("source"))?;
            if let Some(content) = &file.content {
                fs::write(root.path().join("source").join(&file.name), &content.0)?;
            }
        }
        for (name, before) in case.to.iter().flat_map(|to| &to.before) {
            match before {
                Before::Link { link } => symlink(link, target.join(name))?,
                Before::File(content) => {
                    fs::write(target.join(name), &content.0)?;
                    fs::set_permissions(target.join(name), Permissions::from_mode(KEPT))?;
                }
            }
        }
        // The umask of the runner is that of its testees.
        let probe = root.path().join("probe");
        fs::write(&probe, "")?;
        let mode = permissions(&probe)?;
        fs::remove_file(probe)?;
        let mut folder = Self {
            root,
            before: Tree::new(),
            mode,
        };
        folder.before = folder.tree()?;
        Ok(folder)
    }

    /// The members that a call line has besides those of a call without a file.
    #[must_use]
    pub fn members(&self, case: &Case) -> Map<String, Value> {
        let mut members = Map::new();
        if let Some(file) = &case.file {
            let path = self.root.path().join("source").join(&file.name);
            let way = format!("{:?}", file.way).to_lowercase();
            members.insert("file".to_owned(), json!({"way": way, "path": path}));
        }
        if let Some(to) = &case.to {
            let path = match (to.way, &to.name, &to.path) {
                (TargetWay::Memory | TargetWay::Writer, ..) => self.root.path().join(CONTENT),
                (_, Some(name), _) => self.target().join(name),
                (_, None, Some(path)) => PathBuf::from(path),
                (_, None, None) => self.target(),
            };
            let way = format!("{:?}", to.way).to_lowercase();
            members.insert(
                "to".to_owned(),
                json!({"way": way, "path": path, "overwrite": to.overwrite}),
            );
        }
        if let Some(progress) = case.progress {
            let progress = format!("{progress:?}").to_lowercase();
            members.insert("progress".to_owned(), progress.into());
        }
        members
    }

    /// What lay there before the call.
    #[must_use]
    pub fn before(&self) -> &Tree {
        &self.before
    }

    /// The permissions of a file at a name of the tree: those of the file that lay there before, or those of a new one.
    #[must_use]
    pub fn mode_of(&self, name: &str) -> u32 {
        match self.before.get(name) {
            Some(Node::File(_, mode)) => *mode,
            _ => self.mode,
        }
    }

    /// What lies there now.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn tree(&self) -> io::Result<Tree> {
        let mut tree = Tree::new();
        walk(self.root.path(), "", &mut tree)?;
        Ok(tree)
    }

    /// The name in the tree of a name in the target folder.
    #[must_use]
    pub fn in_target(name: &str) -> String {
        format!("{TARGET}/{name}")
    }

    /// A path below the target folder, seen from there; any other as it is.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        Path::new(path)
            .strip_prefix(self.target())
            .map_or_else(|_| path.to_owned(), |path| path.display().to_string())
    }

    fn target(&self) -> PathBuf {
        self.root.path().join(TARGET)
    }
}

fn permissions(path: &Path) -> io::Result<u32> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o7777)
}

fn walk(folder: &Path, name: &str, tree: &mut Tree) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{name}{}", entry.file_name().display());
        let kind = entry.file_type()?;
        let node = if kind.is_symlink() {
            Node::Link(fs::read_link(entry.path())?.display().to_string())
        } else if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), tree)?;
            Node::Folder
        } else {
            Node::File(fs::read(entry.path())?, permissions(&entry.path())?)
        };
        tree.insert(name, node);
    }
    Ok(())
}
