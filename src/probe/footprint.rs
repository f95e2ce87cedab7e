//! Folders that a container wrote to, from what `docker diff` prints.

use std::collections::BTreeSet;

use camino::Utf8Path;

/// What the engine itself puts into every container.
const ENGINES: [&str; 6] =
    ["/.dockerenv", "/dev", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/proc"];

/// The folders, sorted, none inside another; what lies in a volume is the volume's.
pub(super) fn of(printed: &str, volumes: &[&str]) -> Vec<String> {
    let changes: Vec<(char, &Utf8Path)> = printed.lines().filter_map(change).collect();
    let added = |path: &Utf8Path| changes.iter().any(|(kind, one)| *kind != 'C' && *one == path);
    let holds =
        |path: &Utf8Path| changes.iter().any(|(_, one)| *one != path && one.starts_with(path));
    let below = |path: &Utf8Path, roots: &[&str]| roots.iter().any(|root| path.starts_with(root));
    let mut folders = BTreeSet::new();
    for (kind, path) in &changes {
        let Some(folder) = path.parent() else { continue };
        // A mount point that the engine made is no writing of the program.
        let is_mount = volumes.iter().any(|volume| Utf8Path::new(volume).starts_with(path));
        if is_mount || below(path, volumes) || below(path, &ENGINES) {
            continue;
        }
        let is_first_written = match kind {
            // Whoever wrote a folder that is new wrote to the one that holds it.
            'A' | 'D' => !added(folder),
            // A folder is changed where something in it is; a file has nothing in it.
            _ => !holds(path),
        };
        if is_first_written {
            folders.insert(folder.as_str().to_owned());
        }
    }
    let all: Vec<String> = folders.into_iter().collect();
    let nested = |one: &String| {
        all.iter().any(|other| other != one && Utf8Path::new(one).starts_with(other))
    };
    all.iter().filter(|one| !nested(one)).cloned().collect()
}

fn change(line: &str) -> Option<(char, &Utf8Path)> {
    let (kind, path) = line.trim().split_once(' ')?;
    Some((kind.chars().next()?, Utf8Path::new(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_were_written_are_found() {
        let printed = "C /run\nC /run/app\nA /run/app/app.pid\nC /var\nC /var/cache\n\
                       C /var/cache/nginx\nA /var/cache/nginx/client_temp\n\
                       A /var/cache/nginx/client_temp/1\nA /data\nC /etc\nC /etc/hosts\n";
        assert_eq!(of(printed, &["/data"]), ["/run/app", "/var/cache/nginx"]);
    }

    #[test]
    fn a_changed_file_counts_and_nothing_counts_twice() {
        let printed = "C /etc\nC /etc/app\nC /etc/app/app.conf\nC /etc/app/d\nA /etc/app/d/x\n";
        assert_eq!(of(printed, &[]), ["/etc/app"]);
        assert_eq!(of("", &[]), Vec::<String>::new());
    }
}
