//! Files that the gateway serves itself: those of the volume, to be read, and nothing beside them.

use crate::gateway::bench::{Bench, MEDIA_TYPES};
use crate::gateway::facts::FILES;
use crate::gateway::suite::checks;

checks![Quick: files_are_served, media_types_are_told, files_are_only_read, folders_are_not_listed,
    links_lead_nowhere, missing_files_404, files_can_be_revalidated];

fn files_are_served(bench: &Bench) {
    for (name, content) in [("clip.mp4", "moving pictures"), ("folder/inner.txt", "inner")] {
        let reply = bench.client().get(&format!("{FILES}{name}")).send();
        assert_eq!((reply.status, &*reply.text()), (200, content));
        reply.assert_secured();
        // No policy, so nobody is asked.
        assert!(bench.seen(&reply).is_empty());
    }
    let reply = bench.client().request("HEAD", &format!("{FILES}clip.mp4")).send();
    assert_eq!((reply.status, reply.header("Content-Length")), (200, Some("15")));
}

fn media_types_are_told(bench: &Bench) {
    for (name, kind) in [("clip.mp4", "video/mp4"), ("what.unheard-of", "application/octet-stream")]
        .into_iter()
        .chain(MEDIA_TYPES)
    {
        let reply = bench.client().get(&format!("{FILES}{name}")).send();
        assert_eq!(reply.header("Content-Type"), Some(kind), "{name}");
    }
}

fn files_are_only_read(bench: &Bench) {
    for method in ["PUT", "DELETE", "POST", "PATCH"] {
        let reply = bench
            .client()
            .request(method, &format!("{FILES}clip.mp4"))
            .token("good-ann")
            .body("x")
            .send();
        assert!([403, 405].contains(&reply.status), "{method}: {reply:?}");
        reply.assert_error(
            reply.status,
            if reply.status == 403 { "forbidden" } else { "method_not_allowed" },
        );
        reply.assert_secured();
        // RFC 9110 section 15.5.6: whoever hears that a method is not allowed hears which are.
        assert!(reply.status == 403 || reply.header("Allow") == Some("GET, HEAD"), "{reply:?}");
    }
    // Nor does anybody fill the disk by trying.
    let reply = bench.client().post(&format!("{FILES}clip.mp4"), vec![b'x'; (1 << 20) + 1]).send();
    assert!([403, 405, 413].contains(&reply.status), "{reply:?}");
    reply.assert_secured();
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
}

fn folders_are_not_listed(bench: &Bench) {
    for path in ["", "folder/", "folder"] {
        let reply = bench.client().get(&format!("{FILES}{path}")).send();
        assert!(
            !reply.text().contains("inner.txt") && !reply.text().contains("clip.mp4"),
            "{}",
            reply.text()
        );
        assert!([301, 403, 404].contains(&reply.status), "{path}: {reply:?}");
        // nginx's own redirect to the folder must not name the port it listens on.
        let location = reply.header("Location").unwrap_or_default();
        assert!(!location.contains("8443") && !location.starts_with("http:"), "{location}");
    }
}

fn links_lead_nowhere(bench: &Bench) {
    for path in ["link.txt", "out/nginx.conf", "out/"] {
        let reply = bench.client().get(&format!("{FILES}{path}")).send();
        assert!([403, 404].contains(&reply.status), "{path}: {reply:?}");
        reply.assert_error(
            reply.status,
            if reply.status == 403 { "forbidden" } else { "not_found" },
        );
    }
}

fn missing_files_404(bench: &Bench) {
    // The volume's files hide what stands where nginx looks by default.
    for path in ["missing", "clip.mp4/x", "folder/missing.html"] {
        bench
            .client()
            .get(&format!("{FILES}{path}"))
            .send()
            .assert_error(404, "not_found")
            .assert_secured();
    }
}

fn files_can_be_revalidated(bench: &Bench) {
    let path = format!("{FILES}clip.mp4");
    let reply = bench.client().get(&path).send();
    let tag = reply.header("ETag").expect("an ETag").to_owned();
    let again = bench.client().get(&path).header("If-None-Match", &tag).send();
    assert_eq!((again.status, again.body.len()), (304, 0));
    let part = bench.client().get(&path).header("Range", "bytes=0-5").send();
    assert_eq!((part.status, &*part.text()), (206, "moving"));
}
