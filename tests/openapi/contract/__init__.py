"""The API's OpenAPI document, held against the sandbox and against the SDK."""
