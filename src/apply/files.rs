//! When files were last changed: the inode's own time, which `cp -a`, `rsync -a` and `touch -d`
//! do not set back (inode(7), `ctime`).

use std::os::unix::fs::MetadataExt;

use camino::Utf8Path;
use time::OffsetDateTime;

use super::Changed;
use super::site::SiteError;

const NANOSECONDS: i128 = 1_000_000_000;

/// When a file was last changed; nothing where there is none.
pub(super) fn changed(path: &Utf8Path) -> Option<OffsetDateTime> {
    moment(&fs_err::metadata(path).ok()?)
}

/// Everything in a folder, by its path below it; a folder ends in `/`. What `skipped` says yes to
/// is left out with everything below it.
///
/// # Errors
/// [`SiteError::Io`] where a folder cannot be read.
pub(super) fn below(
    folder: &Utf8Path,
    skipped: &dyn Fn(&str) -> bool,
) -> Result<Vec<Changed>, SiteError> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(inner) = folders.pop() {
        let here = folder.join(&inner);
        let metadata = fs_err::symlink_metadata(&here).map_err(SiteError::io(&here))?;
        found.extend(moment(&metadata).map(|at| Changed { at, file: format!("{inner}/") }));
        for entry in here.read_dir_utf8().map_err(SiteError::io(&here))? {
            let entry = entry.map_err(SiteError::io(&here))?;
            let name = entry.file_name();
            let path = if inner.is_empty() { name.to_owned() } else { format!("{inner}/{name}") };
            if skipped(&path) {
                continue;
            }
            let metadata = entry.metadata().map_err(SiteError::io(entry.path()))?;
            if metadata.is_dir() {
                folders.push(path);
            } else {
                found.extend(moment(&metadata).map(|at| Changed { at, file: path }));
            }
        }
    }
    found.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(found)
}

fn moment(metadata: &std::fs::Metadata) -> Option<OffsetDateTime> {
    let nanoseconds =
        i128::from(metadata.ctime()) * NANOSECONDS + i128::from(metadata.ctime_nsec());
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_an_old_date_is_as_new_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(home.path()).unwrap();
        std::fs::create_dir(folder.join("kept")).unwrap();
        std::fs::create_dir(folder.join("skipped")).unwrap();
        std::fs::write(folder.join("skipped/x"), "").unwrap();
        let before = OffsetDateTime::now_utc() - time::Duration::seconds(1);
        let file = std::fs::File::create(folder.join("kept/old")).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        let found = below(folder, &|path| path == "skipped").unwrap();
        let names: Vec<&str> = found.iter().map(|changed| changed.file.as_str()).collect();
        assert_eq!(names, ["/", "kept/", "kept/old"]);
        assert!(found.iter().all(|changed| changed.at > before));
        assert_eq!(changed(&folder.join("none")), None);
    }
}
