use penbox_sandbox::{NewToken, Sandbox, SandboxOptions};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// The bytes as text, with what is no UTF-8 replaced.
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Status and exact body of an error.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, body));
        assert_eq!(
            self.header("content-type"),
            Some("application/json; charset=utf-8")
        );
    }

    /// A 400 whose message is this.
    #[track_caller]
    pub(crate) fn is_bad(&self, message: &str) {
        self.refuses(400, "Bad Request", message);
    }

    /// An error of this status, phrase and message.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, phrase: &str, message: &str) {
        let body = format!(
            r#"{{"statusCode":{status},"error":"{phrase}","message":{}}}"#,
            Value::from(message)
        );
        self.is(status, &body);
    }

    /// The body of a 200 or 201.
    #[track_caller]
    pub(crate) fn good(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }
}

pub(crate) const NOT_FOUND: &str =
    r#"{"statusCode":404,"error":"Not Found","message":"Not found"}"#;
pub(crate) const FORBIDDEN: &str =
    r#"{"statusCode":403,"error":"Forbidden","message":"No access to this resource"}"#;
pub(crate) const INVALID_TOKEN: &str =
    r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}"#;

/// A sandbox and somebody who talks to it.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) token: String,
    agent: Agent,
}

pub(crate) fn bench() -> Bench {
    Bench::with(SandboxOptions::default())
}

impl Bench {
    pub(crate) fn with(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).expect("the sandbox starts");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent();
        let token = sandbox.token().to_owned();
        Self {
            sandbox,
            token,
            agent,
        }
    }

    /// Sends to a path of the origin with these headers and body.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let uri = format!("{}{path}", self.sandbox.origin());
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_vec()).expect("a valid request");
        let request = self
            .agent
            .configure_request(request)
            .allow_non_standard_methods(true)
            .build();
        let mut response = self.agent.run(request).expect("an answer");
        let bytes = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
            .expect("a whole body");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.send(
            method,
            &format!("/v1{path}"),
            &[("authorization", &bearer)],
            body,
        )
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, b"")
    }

    /// Like `get`, with an `Accept` header.
    pub(crate) fn get_as(&self, path: &str, accept: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("accept", accept)];
        self.send("GET", &format!("/v1{path}"), &headers, b"")
    }

    /// `get` with query pairs, encoded here.
    pub(crate) fn query(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        self.get(&format!("{path}?{query}"))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path, body.to_string().as_bytes())
    }

    /// Sends `multipart/form-data` made of these raw parts, each with its headers.
    pub(crate) fn upload(&self, path: &str, parts: &[&[u8]]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let media = "multipart/form-data; boundary=frontier";
        let headers = [("authorization", bearer.as_str()), ("content-type", media)];
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(b"--frontier\r\n");
            body.extend_from_slice(part);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--frontier--\r\n");
        self.send("POST", &format!("/v1{path}"), &headers, &body)
    }

    /// A token of both workspaces from now on.
    pub(crate) fn open_both(&mut self) {
        let both = NewToken {
            workspaces: Some(vec!["acme-corp".into(), "globex".into()]),
            ..NewToken::default()
        };
        self.token = self.sandbox.create_token(both).expect("a token").token;
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, body.to_string().as_bytes())
    }

    /// Creates a form and gives it back.
    #[track_caller]
    pub(crate) fn form(&self, body: &Value) -> Value {
        let answer = self.post("/forms", body);
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    /// A control route.
    pub(crate) fn steer(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, &format!("/_sandbox{path}"), &[], body.as_bytes())
    }

    /// Lists forms by query pairs, encoded here.
    pub(crate) fn list(&self, query: &[(&str, &str)]) -> Answer {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        self.get(&format!("/forms?{query}"))
    }

    /// The `external_args.n` of the forms a query finds, in the order they came.
    #[track_caller]
    pub(crate) fn found(&self, query: &[(&str, &str)]) -> Vec<i64> {
        let answer = self.list(query);
        assert_eq!(answer.status, 200, "{}", answer.text);
        let json = answer.json();
        let data = json["data"].as_array().expect("data is an array");
        let number = |form: &Value| form["external_args"]["n"].as_i64().expect("a number");
        data.iter().map(number).collect()
    }
}
