import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Writes a folder as tar.gz or zip, beside it. The same files give the same bytes: sorted by name, with one time. */
final class PackageArchive {
    private PackageArchive() {}

    static Path tarGz(Path folder, Instant time) throws IOException {
        Path archive = folder.resolveSibling(folder.getFileName() + ".tar.gz");
        try (var tar = new PackageTar(
                new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(archive), 1 << 16)), time)) {
            tar.tree(folder, folder.getFileName().toString());
        }
        return archive;
    }

    /** Links become copies. Zip keeps times of three kinds, and those of now if none is given. */
    static Path zip(Path folder, Instant time) throws IOException {
        Path archive = folder.resolveSibling(folder.getFileName() + ".zip");
        Files.deleteIfExists(archive);
        URI uri = URI.create("jar:" + archive.toUri());
        try (FileSystem zip =
                FileSystems.newFileSystem(uri, Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
            for (Path file : PackageTar.sorted(folder)) {
                Path entry = zip.getPath(folder.getParent().relativize(file).toString().replace('\\', '/'));
                if (Files.isDirectory(file)) {
                    Files.createDirectory(entry);
                } else {
                    Files.write(entry, Files.readAllBytes(file));
                }
                boolean executable = Files.isDirectory(file) || PackageTar.mode(file) == PackageTar.EXECUTABLE;
                Files.setPosixFilePermissions(
                        entry, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                FileTime same = FileTime.from(time);
                Files.getFileAttributeView(entry, BasicFileAttributeView.class).setTimes(same, same, same);
            }
        }
        return archive;
    }

    /** In the form of sha256sum. */
    static void writeSums(Path file, List<Path> archives) throws IOException {
        StringBuilder sums = new StringBuilder();
        for (Path archive : archives) {
            sums.append(sha256(archive)).append("  ").append(archive.getFileName()).append('\n');
        }
        Files.writeString(file, sums);
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
