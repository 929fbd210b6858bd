use penbox_sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
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
        let body = format!(
            r#"{{"statusCode":400,"error":"Bad Request","message":{}}}"#,
            Value::from(message)
        );
        self.is(400, &body);
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
        let text = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_string()
            .expect("a text body");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text,
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
