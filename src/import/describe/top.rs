//! Top-level sections of the project.

use super::Describing;
use crate::compose::{ComposeFile, FileSource, NamedVolume, Network};
use crate::import::account::Fate;

impl Describing<'_> {
    pub(super) fn top(&mut self, file: &ComposeFile) {
        let ComposeFile {
            portcullis,
            name,
            services: _,
            networks,
            volumes,
            secrets,
            configs,
            carried,
            places: _,
        } = file;
        if portcullis.is_some() {
            let words = "says which description drew the file; the next one does so again";
            self.account.say(&["x-portcullis"], Fate::Dropped(words.to_owned()));
        }
        if name.is_some() {
            self.account.say(&["name"], Fate::Kept(String::new()));
        }
        for (name, network) in networks {
            self.network(name, network);
        }
        for (name, volume) in volumes {
            self.volume(name, volume);
        }
        for name in secrets.keys() {
            let words = format!("`portcullis secrets set` seals its value; services read {name}");
            self.account.say(&["secrets", name], Fate::Secret(words));
        }
        for (name, config) in configs {
            self.config(name, config);
        }
        for key in carried.keys() {
            let words = match key.as_str() {
                "version" => "Compose itself ignores it",
                key if key.starts_with("x-") => {
                    "nothing reads it by itself; what it is merged into is described there"
                }
                "models" => "there is no word for models: run one as a service of its own",
                _ => "no rule of import reads this section",
            };
            self.account.say(&[key], Fate::Dropped(words.to_owned()));
        }
    }

    fn network(&mut self, name: &str, network: &Network) {
        let Network { driver: _, driver_opts: _, internal, ipam: _, carried: _, places: _ } =
            network;
        let words = match internal {
            Some(true) => "links have networks of their own without a way out",
            Some(false) | None => "each link has a network of its own that nobody else is on",
        };
        self.account.say(&["networks", name], Fate::Hardened(words.to_owned()));
    }

    fn volume(&mut self, name: &str, volume: &NamedVolume) {
        let NamedVolume { driver, external, carried, places: _ } = volume;
        let path = ["volumes", name];
        if *external == Some(true) {
            let words =
                "the stack makes a volume of its own: copy the data over before the first start";
            self.account.say(&path, Fate::Dropped(words.to_owned()));
            return;
        }
        let options = carried.get("driver_opts").is_some_and(|value| !value.is_null());
        let other = driver.as_deref().is_some_and(|driver| driver != "local");
        if options || other {
            let words = "the stack makes a local volume: what its driver did is lost";
            self.account.say(&path, Fate::Dropped(words.to_owned()));
            return;
        }
        self.account.say(
            &path,
            Fate::Kept("of the same name; copy its data over where there is any".to_owned()),
        );
    }

    fn config(&mut self, name: &str, config: &FileSource) {
        let FileSource { file, carried: _, places: _ } = config;
        let fate = match file {
            Some(_) => Fate::Kept("mounted as a file of the project".to_owned()),
            None => {
                Fate::Dropped("write its text into a file of the project and mount that".to_owned())
            }
        };
        self.account.say(&["configs", name], fate);
    }
}
