//! `docs/verify.md`: every promise, written from [`ALL`] by a test, so that it cannot be another.

use super::{ALL, Turn};

const BEFORE: &str = "# What `portcullis verify` looks at

Each promise is a value of `src/verify/`, and for each `tests/verify/table.rs` has a way to break a stack
with which it is told broken. A promise that a stack does not make (it has no WebSocket, say) is left
out. What a token, a path or an engine would be needed for, and none was given, *cannot be seen from
here*, with the reason; it is never taken for good.

Exit code 0: all that could be seen holds; 1: a promise is broken; 2: the command line or the
description is wrong; 4: nothing answers at all.

A run takes under ten seconds. It sends each path one request without credentials, stays within the
stack's own rates, and only then overtakes them (not with `--no-load`). The token of `--bearer` goes to
no host whose certificate is not believed.

With `--format json`:

```json
{
  \"version\": 1,
  \"promises\": [
    {\"id\": \"hsts\", \"promise\": \"...\", \"result\": \"holds | broken | unseen\", \"seen\": [\"LINE\"]}
  ]
}
```

| id | promise |
|---|---|
";

fn page() -> String {
    let row = |promise: &super::Promise| {
        let last = if promise.turn == Turn::Last { " (looked at last)" } else { "" };
        format!("| `{}` | {}{last} |\n", promise.id, promise.text)
    };
    let rows: String = ALL.iter().map(row).collect();
    format!("{BEFORE}{rows}")
}

#[test]
fn the_published_page_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify.md");
    if std::env::var_os("UPDATE").is_some() {
        fs_err::write(path, page()).unwrap();
    }
    let published = fs_err::read_to_string(path).unwrap_or_default();
    assert!(published == page(), "docs/verify.md is stale: UPDATE=1 cargo test --lib verify");
}
