// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import java.util.Locale;
import java.util.Set;

/**
 * File systems on which processes of several computers meet. SQLite's wal-index is memory that all
 * processes share, which they can on one computer only (sqlite.org/wal.html); some of these file
 * systems do not even share it there.
 */
final class RemoteFileSystems {

  /** Whoever works on the same files elsewhere is not seen; on one computer they work. */
  private static final Set<String> SHARED =
      Set.of(
          "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb2",
          "smb3",
          "smbfs",
          "ncpfs",
          "afs",
          "coda",
          "ceph",
          "fuse.ceph",
          "glusterfs",
          "fuse.glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "orangefs",
          "pvfs2",
          "fuse.mfs",
          "fuse.juicefs",
          "gfs2",
          "ocfs2",
          "9p",
          "virtiofs",
          "vboxsf",
          "vmhgfs",
          "fuse.vmhgfs-fuse",
          "prl_fs",
          "fuse.grpcfuse",
          "fuse.osxfs",
          "fakeowner",
          "drvfs");

  /** No locks between computers, or no memory shared between processes, or neither. */
  private static final Set<String> UNFIT =
      Set.of(
          "fuse.sshfs",
          "fuse.s3fs",
          "fuse.rclone",
          "fuse.gcsfuse",
          "fuse.goofys",
          "fuse.blobfuse",
          "fuse.blobfuse2",
          "fuse.mount-s3",
          "fuse.curlftpfs",
          "fuse.davfs2",
          "davfs");

  private RemoteFileSystems() {}

  static boolean isUnfit(String type) {
    return UNFIT.contains(type.toLowerCase(Locale.ROOT));
  }

  static boolean isShared(String type) {
    return SHARED.contains(type.toLowerCase(Locale.ROOT));
  }
}
