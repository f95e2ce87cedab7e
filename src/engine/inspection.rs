//! Containers and networks of one Compose project, at one moment.

use serde_json::Value;

use super::{Container, Network};

/// What an engine says of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspection {
    /// Its containers, by name.
    pub containers: Vec<Container>,
    /// Its networks, by name.
    pub networks: Vec<Network>,
}

/// Why a saved inspection could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Another format. The text itself is not repeated: it holds environment variables.
    #[error("not what `docker inspect` prints (line {line}, column {column})")]
    Json {
        /// Where reading stopped, from 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
    },
    /// JSON, but not a list.
    #[error("not what `docker inspect` prints: a list of containers and networks")]
    NotAList,
    /// An entry that is neither.
    #[error("entry {number} is neither a container nor a network as `docker inspect` prints them")]
    Entry {
        /// Which one, from 1.
        number: usize,
    },
}

impl Inspection {
    /// Read what `docker inspect CONTAINER... NETWORK...` has printed. Containers and networks are
    /// told apart by what they hold; everything else (volumes, images) is passed over.
    ///
    /// # Errors
    /// [`Unreadable`], which repeats no value.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let parsed: Value = serde_json::from_str(text)
            .map_err(|error| Unreadable::Json { line: error.line(), column: error.column() })?;
        let Value::Array(entries) = parsed else { return Err(Unreadable::NotAList) };
        let mut inspection = Self::default();
        for (number, entry) in (1..).zip(entries) {
            let wrong = |_: serde_json::Error| Unreadable::Entry { number };
            let has = |key: &str| entry.get(key).is_some_and(|value| !value.is_null());
            if has("HostConfig") {
                inspection.containers.push(serde_json::from_value(entry).map_err(wrong)?);
            } else if has("IPAM") {
                inspection.networks.push(serde_json::from_value(entry).map_err(wrong)?);
            } else if !has("Mountpoint") && !has("RootFS") {
                return Err(Unreadable::Entry { number });
            }
        }
        inspection.containers.sort_by(|a, b| a.name.cmp(&b.name));
        inspection.networks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(inspection)
    }

    /// Only what belongs to the Compose project `name`, without the containers that
    /// `docker compose run` made for one command.
    pub fn of_project(mut self, name: &str) -> Self {
        self.containers.retain(|one| one.project() == name && !one.is_oneoff());
        self.networks.retain(|one| one.project() == name);
        self
    }

    /// The containers of one service.
    pub fn of_service<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Container> + 'a {
        self.containers.iter().filter(move |one| one.service() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cut from Engine 20.10.24: a container, a network, a volume.
    const PRINTED: &str = r#"[
      {"Id":"c1","Name":"/shop-api-1","Image":"sha256:1","Unheard":{"Of":1},
       "State":{"Status":"running","Running":true,"Health":{"Status":"healthy","FailingStreak":0}},
       "Config":{"Image":"shop/api:production","User":"10001:10001","Env":["PASSWORD=hunter2"],
         "Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"api"}},
       "HostConfig":{"Privileged":false,"ReadonlyRootfs":true,"CapAdd":null,"CapDrop":["ALL"],
         "PortBindings":{"8443/tcp":[{"HostIp":"0.0.0.0","HostPort":"443"}],"9/tcp":null},
         "PidsLimit":null,"Memory":268435456,"NanoCpus":500000000,"Init":null,"Ulimits":null},
       "Mounts":[{"Type":"volume","Name":"shop_data","Destination":"/data","RW":true}],
       "NetworkSettings":{"Networks":{"shop_link":{"NetworkID":"n1","IPAddress":"10.1.0.2","Aliases":null}}}},
      {"Id":"n1","Name":"shop_link","Driver":"bridge","Internal":true,
       "IPAM":{"Driver":"default","Options":null,"Config":[{"Subnet":"10.1.0.0/29"}]},
       "Labels":{"com.docker.compose.project":"shop","com.docker.compose.network":"link"}},
      {"Name":"shop_data","Mountpoint":"/var/lib/docker/volumes/shop_data/_data"}
    ]"#;

    #[test]
    fn containers_and_networks_are_told_apart() {
        let inspection = Inspection::read(PRINTED).unwrap().of_project("shop");
        let [container] = &inspection.containers[..] else { panic!("one container") };
        assert_eq!((container.service(), container.plain_name()), ("api", "shop-api-1"));
        assert_eq!(container.state.health.status, "healthy");
        assert_eq!(container.host_config.cap_drop, ["ALL"]);
        assert_eq!(container.host_config.port_bindings["9/tcp"], []);
        assert_eq!(container.host_config.pids_limit, 0);
        let [network] = &inspection.networks[..] else { panic!("one network") };
        assert_eq!((network.key(), network.internal), ("link", true));
        assert_eq!(network.ipam.config[0].subnet, "10.1.0.0/29");
    }

    #[test]
    fn another_project_is_left_out() {
        let inspection = Inspection::read(PRINTED).unwrap().of_project("other");
        assert_eq!(inspection, Inspection::default());
    }

    #[test]
    fn environment_variables_are_neither_kept_nor_repeated() {
        let inspection = Inspection::read(PRINTED).unwrap();
        assert!(!format!("{inspection:?}").contains("hunter2"));
        let broken = PRINTED.replace("\"RW\":true", "\"RW\":\"hunter2\"");
        let error = Inspection::read(&broken).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn another_text_is_refused() {
        for text in ["", "{}", "[1]", "[{\"Id\":\"x\"}]", "[[", "[null]"] {
            assert!(Inspection::read(text).is_err(), "{text}");
        }
    }
}
