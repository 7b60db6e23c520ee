//! Disks of a test's own: an ext4 file system in a file, mounted over a loop device.
//!
//! Invariant: a disk ends with its handle. Needs root.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Disk {
    pub image: PathBuf,
    pub mount: PathBuf,
    /// The block device, such as `/dev/loop0`.
    pub device: String,
}

impl Disk {
    pub fn make(folder: &Path, name: &str, megabytes: u64, options: &str) -> Disk {
        let image = folder.join(format!("{name}.ext4"));
        let file = File::create(&image).expect("an image");
        file.set_len(megabytes << 20).expect("room for an image");
        let mount = folder.join(name);
        fs::create_dir(&mount).expect("a folder");
        said("mkfs.ext4", &["-q", "-F", &image.display().to_string()]);
        let device = said(
            "losetup",
            &["--find", "--show", &image.display().to_string()],
        );
        let disk = Disk {
            image,
            mount,
            device: device.trim().to_owned(),
        };
        let at = disk.mount.display().to_string();
        said("mount", &["-o", options, &disk.device, &at]);
        // From now on the device goes with the mount, however that ends.
        said("losetup", &["--detach", &disk.device]);
        disk
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mount = self.mount.display().to_string();
        let _ = Command::new("umount").args(["--lazy", &mount]).status();
    }
}

impl Disk {
    /// Mounts a copy of an image as a machine does that was switched on again.
    pub fn of_image(folder: &Path, name: &str, image: PathBuf) -> Disk {
        let mount = folder.join(name);
        fs::create_dir_all(&mount).expect("a folder");
        let device = said(
            "losetup",
            &["--find", "--show", &image.display().to_string()],
        );
        let disk = Disk {
            image,
            mount,
            device: device.trim().to_owned(),
        };
        said("mount", &[&disk.device, &disk.mount.display().to_string()]);
        said("losetup", &["--detach", &disk.device]);
        disk
    }
}

/// These tests make disks and read the memory of other processes.
pub fn needs_root() {
    assert_eq!(
        fs::metadata("/proc/self").expect("Linux").uid(),
        0,
        "this test makes disks and reads the memory of other processes; run it as root"
    );
}

/// What a program of the system says; it has to succeed.
pub fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output =
        output.unwrap_or_else(|error| panic!("{program}: {error}; see make prerequisites"));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {words}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
