//! Disks of a test's own: a file system in a file, mounted over a loop device.
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
    /// An ext4 of so many megabytes.
    pub fn make(folder: &Path, name: &str, megabytes: u64, options: &str) -> Disk {
        let image = Disk::empty(folder, name, megabytes);
        said("mkfs.ext4", &["-q", "-F", &image.display().to_string()]);
        Disk::mounted(folder, name, image, options)
    }

    /// A disk for the images of other disks: a file on it is copied in one moment, however large it
    /// is and whoever writes to it (XFS shares the blocks).
    pub fn shelf(folder: &Path, name: &str, megabytes: u64) -> Disk {
        let image = Disk::empty(folder, name, megabytes);
        let at = image.display().to_string();
        said("mkfs.xfs", &["-q", "-m", "reflink=1", &at]);
        Disk::mounted(folder, name, image, "defaults")
    }

    /// Mounts an image as a machine does that was switched on again.
    pub fn of_image(folder: &Path, name: &str, image: PathBuf) -> Disk {
        Disk::mounted(folder, name, image, "defaults")
    }

    fn empty(folder: &Path, name: &str, megabytes: u64) -> PathBuf {
        let image = folder.join(format!("{name}.image"));
        let file = File::create(&image).expect("an image");
        file.set_len(megabytes << 20).expect("room for an image");
        image
    }

    fn mounted(folder: &Path, name: &str, image: PathBuf, options: &str) -> Disk {
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
        let at = disk.mount.display().to_string();
        said("mount", &["-o", options, &disk.device, &at]);
        // From now on the device goes with the mount, however that ends.
        said("losetup", &["--detach", &disk.device]);
        disk
    }

    /// Everything that was written so far is on the disk.
    pub fn is_written(&self) {
        said(
            "sync",
            &["--file-system", &self.mount.display().to_string()],
        );
    }

    /// The disk as it is at this moment, in a file beside its image, which lies on a shelf: what
    /// the power leaves when it goes.
    pub fn at_this_moment(&self, name: &str) -> PathBuf {
        let copy = self.image.with_file_name(name);
        let (from, to) = (File::open(&self.image), File::create(&copy));
        let (from, to) = (from.expect("it is there"), to.expect("room for a copy"));
        rustix::fs::ioctl_ficlone(&to, &from).expect("the image lies on a shelf");
        copy
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mount = self.mount.display().to_string();
        let _ = Command::new("umount").args(["--lazy", &mount]).status();
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
