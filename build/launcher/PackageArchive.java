import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a folder as tar.gz or zip, beside it. The same files give the same bytes: sorted by name, with one time, of nobody in
 * particular, executable or not. Tar is that of POSIX.1-1988 (ustar).
 */
final class PackageArchive {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final int EXECUTABLE = 0755;
    private static final int PLAIN = 0644;

    private PackageArchive() {}

    static Path tarGz(Path folder, Instant time) throws IOException {
        Path archive = folder.resolveSibling(folder.getFileName() + ".tar.gz");
        try (OutputStream out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(archive), 1 << 16))) {
            for (Path file : sorted(folder)) {
                writeEntry(out, file, name(folder, file), time);
            }
            out.write(new byte[2 * BLOCK]);
        }
        return archive;
    }

    private static void writeEntry(OutputStream out, Path file, String name, Instant time) throws IOException {
        if (Files.isSymbolicLink(file)) {
            String target = Files.readSymbolicLink(file).toString();
            out.write(header(name, PLAIN | 0111 | 0022, 0, time, '2', target));
        } else if (Files.isDirectory(file)) {
            out.write(header(name + "/", EXECUTABLE, 0, time, '5', ""));
        } else {
            long size = Files.size(file);
            out.write(header(name, mode(file), size, time, '0', ""));
            Files.copy(file, out);
            out.write(new byte[(int) (-size & (BLOCK - 1))]);
        }
    }

    private static byte[] header(String name, int mode, long size, Instant time, char type, String target) {
        byte[] header = new byte[BLOCK];
        int cut = cut(name);
        put(header, 0, name.substring(cut == 0 ? 0 : cut + 1));
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "%011o".formatted(time.getEpochSecond()));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, "ustar\00000root");
        put(header, 297, "root");
        put(header, 345, name.substring(0, cut));
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    /** Where a name is divided into prefix and name; 0 if it is short. */
    private static int cut(String name) {
        if (name.length() <= NAME) {
            return 0;
        }
        int cut = name.indexOf('/', name.length() - NAME - 1);
        if (cut <= 0 || cut > PREFIX) {
            throw new IllegalStateException("a path is too long for tar: " + name);
        }
        return cut;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    /** Links become copies. Zip keeps times of three kinds, and those of now if none is given. */
    static Path zip(Path folder, Instant time) throws IOException {
        Path archive = folder.resolveSibling(folder.getFileName() + ".zip");
        Files.deleteIfExists(archive);
        URI uri = URI.create("jar:" + archive.toUri());
        try (FileSystem zip =
                FileSystems.newFileSystem(uri, Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
            for (Path file : sorted(folder)) {
                Path entry = zip.getPath(name(folder, file));
                if (Files.isDirectory(file)) {
                    Files.createDirectory(entry);
                } else {
                    Files.write(entry, Files.readAllBytes(file));
                }
                int mode = Files.isDirectory(file) ? EXECUTABLE : mode(file);
                Files.setPosixFilePermissions(
                        entry, PosixFilePermissions.fromString(mode == EXECUTABLE ? "rwxr-xr-x" : "rw-r--r--"));
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
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path[] sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Path[] sorted = files.toArray(Path[]::new);
            Arrays.sort(sorted, (one, other) -> name(folder, one).compareTo(name(folder, other)));
            return sorted;
        }
    }

    private static String name(Path folder, Path file) {
        return folder.getParent().relativize(file).toString().replace('\\', '/');
    }

    private static int mode(Path file) throws IOException {
        return Files.isExecutable(file) && !file.toString().endsWith(".so") ? EXECUTABLE : PLAIN;
    }
}
