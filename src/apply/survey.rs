//! Asks the engine and the disk for everything that a plan depends on.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::drawn::{Changed, Configuration, Drawn, DrawnNetwork, DrawnService, Sources};
use super::files::{below, changed};
use super::mounted::replaced;
use super::running::{Running, moment};
use super::site::{Site, SiteError};
use super::sources::BuildPaths;
use super::{GATEWAY, loaded};
use crate::compose::conventions::{CONFIG_LABEL, project_name};
use crate::compose::{self, undoubled};
use crate::engine::{Container, FOLDER_LABEL, Image, Inspection};
use crate::secrets::file_path;
use crate::stack::{self, Delivery, MountSource, ServiceName};

impl Site<'_> {
    /// What runs.
    ///
    /// # Errors
    /// [`SiteError`], also where a project of this name runs from other files.
    pub fn running(&self) -> Result<Running, SiteError> {
        let inspection = self.docker.project(&project_name(self.stack))?;
        let elsewhere = self.elsewhere(&inspection);
        let ours = self.folder.file_name();
        let another = |folder: &&String| camino::Utf8Path::new(folder.as_str()).file_name() != ours;
        if let Some(folder) = elsewhere.iter().find(another) {
            let project = project_name(self.stack);
            return Err(SiteError::Elsewhere { project, folder: folder.clone() });
        }
        let gateway = running_gateway(&inspection).cloned();
        let loaded = match &gateway {
            Some(gateway) => loaded::loaded(&self.docker, gateway)?,
            None => None,
        };
        let replaced = replaced(&inspection);
        Ok(Running { inspection, elsewhere, replaced, loaded })
    }

    /// What should run.
    ///
    /// # Errors
    /// [`SiteError`], also where secrets are not unsealed.
    pub fn drawn(&self, running: &Running) -> Result<Drawn, SiteError> {
        let hashes = self.compose.hashes("")?;
        let mut images: BTreeMap<String, Option<Image>> = BTreeMap::new();
        let mut services = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for (name, service) in &self.stack.services {
            let Some(hash) = hashes.get(name.as_str()) else { continue };
            let Some(file) = self.file.services.get(name.as_str()) else { continue };
            let image = file.image.as_deref().and_then(undoubled).unwrap_or_default();
            if !images.contains_key(&image) {
                images.insert(image.clone(), self.docker.image(&image)?);
            }
            let found = images.get(&image).and_then(Option::as_ref);
            let sources = self.sources(file, found)?;
            let secrets = self.secrets(service, &mut missing);
            services.insert(
                name.to_string(),
                DrawnService {
                    hash: hash.clone(),
                    image,
                    image_id: found.map(|image| image.id.clone()).unwrap_or_default(),
                    sources,
                    networks: file.networks.0.keys().cloned().collect(),
                    after: service.starts_after.keys().map(ToString::to_string).collect(),
                    secrets,
                    job: service.once,
                    replicas: *service.replicas,
                },
            );
        }
        if !missing.is_empty() {
            let missing = missing.into_iter().collect();
            return Err(SiteError::Sealed { folder: self.secrets.clone(), missing });
        }
        let idle = self.file.services.keys().filter(|name| !services.contains_key(*name));
        Ok(Drawn {
            project: project_name(self.stack),
            idle: idle.cloned().collect(),
            networks: self.networks(),
            gateway: self.configuration(running)?,
            services,
        })
    }

    /// Folders of Compose files that containers of the project were made from, and not ours.
    fn elsewhere(&self, inspection: &Inspection) -> BTreeSet<String> {
        let here = self.folder.canonicalize_utf8().ok();
        let folders = inspection.containers.iter().map(|one| one.label(FOLDER_LABEL));
        let is_here = |folder: &str| {
            here.is_some() && camino::Utf8Path::new(folder).canonicalize_utf8().ok() == here
        };
        folders.filter(|folder| !folder.is_empty() && !is_here(folder)).map(str::to_owned).collect()
    }

    fn sources(
        &self,
        file: &compose::Service,
        image: Option<&Image>,
    ) -> Result<Option<Sources>, SiteError> {
        let Some(build) = &file.build else { return Ok(None) };
        let newest = BuildPaths::of(build, &self.folder).newest()?;
        let built = image.and_then(|image| moment(&image.metadata.last_tag_time));
        Ok(Some(Sources { newest, built: built.unwrap_or(OffsetDateTime::UNIX_EPOCH) }))
    }

    /// Secrets mounted one by one. Whatever is not there is missing.
    fn secrets(&self, service: &stack::Service, missing: &mut BTreeSet<String>) -> Vec<Changed> {
        let mut found = Vec::new();
        for used in &service.secrets {
            let alone = match &used.delivery {
                Delivery::File | Delivery::FileVariable(_) | Delivery::Variable(_) => true,
                Delivery::Folder => false,
                Delivery::Plain(_) => continue,
            };
            let path = file_path(self.stack, &used.secret);
            match changed(&self.secrets.join(&path)) {
                Some(at) if alone => found.push(Changed { at, file: used.secret.to_string() }),
                Some(_) => {}
                None => {
                    missing.insert(path.into_string());
                }
            }
        }
        found
    }

    fn networks(&self) -> BTreeMap<String, DrawnNetwork> {
        let drawn = |network: &compose::Network| DrawnNetwork {
            internal: network.internal.unwrap_or(false),
            subnets: network
                .ipam
                .iter()
                .flat_map(|ipam| &ipam.config)
                .filter_map(|range| range.subnet.clone())
                .collect(),
            options: network
                .driver_opts
                .0
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().unwrap_or_default()))
                .collect(),
        };
        self.file.networks.iter().map(|(name, network)| (name.clone(), drawn(network))).collect()
    }

    /// The gateway's files, where it mounts them as a folder and nothing else of ours: single
    /// files it would not see again.
    fn configuration(&self, running: &Running) -> Result<Configuration, SiteError> {
        let gateway = self.stack.services.get(&ServiceName::gateway());
        let Some(gateway) = gateway.filter(|gateway| gateway.files.is_empty()) else {
            return Ok(Configuration::default());
        };
        let mut files = Vec::new();
        for mount in &gateway.mounts {
            let MountSource::Generated(path) = &mount.source else { continue };
            for mut changed in below(&self.folder.join(path), &|_| false)? {
                changed.file = format!("{path}/{}", changed.file.trim_start_matches('/'));
                files.push(changed);
            }
        }
        Ok(Configuration { files, hash_but_for_files: self.hash_but_for_files(running)? })
    }

    fn hash_but_for_files(&self, running: &Running) -> Result<String, SiteError> {
        let container = running_gateway(&running.inspection);
        let label = container.map(|one| one.label(CONFIG_LABEL)).unwrap_or_default();
        // Ours are hexadecimal; anything else Compose might read as a variable.
        if label.is_empty() || !label.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(String::new());
        }
        let overlay = serde_json::json!({
            "services": { GATEWAY: { "labels": { CONFIG_LABEL: label } } }
        });
        let hashes = self.compose.hashes(&overlay.to_string())?;
        Ok(hashes.get(GATEWAY).cloned().unwrap_or_default())
    }
}

pub(super) fn running_gateway(inspection: &Inspection) -> Option<&Container> {
    inspection.of_service(GATEWAY).find(|container| container.state.running)
}
