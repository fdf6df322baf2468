import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Writes tar, in the form of POSIX.1-1988 (ustar). The same files give the same bytes: sorted by name, with one time, executable or
 * not, and root's unless an owner is named.
 */
final class PackageTar implements AutoCloseable {
    static final int EXECUTABLE = 0755;
    static final int PLAIN = 0644;

    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final int LINK = 0777;

    private final OutputStream out;
    private final Instant time;

    /** @param out is closed with this */
    PackageTar(OutputStream out, Instant time) {
        this.out = out;
        this.time = time;
    }

    /** Adds a folder with all that is in it, under a name of its own. */
    void tree(Path folder, String name) throws IOException {
        for (Path file : sorted(folder)) {
            String below = folder.relativize(file).toString().replace('\\', '/');
            add(file, below.isEmpty() ? name : name + "/" + below);
        }
    }

    private void add(Path file, String name) throws IOException {
        if (Files.isSymbolicLink(file)) {
            out.write(header(name, LINK, 0, 0, '2', Files.readSymbolicLink(file).toString()));
        } else if (Files.isDirectory(file)) {
            folder(name, EXECUTABLE, 0);
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                file(name, mode(file), Files.size(file), in);
            }
        }
    }

    /** Adds an empty folder. @param owner the number of its user and group */
    void folder(String name, int mode, int owner) throws IOException {
        out.write(header(name + "/", mode, owner, 0, '5', ""));
    }

    void file(String name, byte[] content) throws IOException {
        file(name, PLAIN, content.length, new ByteArrayInputStream(content));
    }

    void file(String name, int mode, long size, InputStream content) throws IOException {
        out.write(header(name, mode, 0, size, '0', ""));
        if (content.transferTo(out) != size) {
            throw new IOException(name + " has changed while it was packed");
        }
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    private byte[] header(String name, int mode, int owner, long size, char type, String target) {
        byte[] header = new byte[BLOCK];
        int cut = cut(name);
        put(header, 0, name.substring(cut == 0 ? 0 : cut + 1));
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "%07o".formatted(owner));
        put(header, 116, "%07o".formatted(owner));
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "%011o".formatted(time.getEpochSecond()));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, owner == 0 ? "ustar\00000root" : "ustar\00000");
        put(header, 297, owner == 0 ? "root" : "");
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

    /** A folder and all that is in it, in the same order on every system. */
    static Path[] sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Path[] sorted = files.toArray(Path[]::new);
            Arrays.sort(sorted, (one, other) -> text(one).compareTo(text(other)));
            return sorted;
        }
    }

    private static String text(Path file) {
        return file.toString().replace('\\', '/');
    }

    static int mode(Path file) {
        return Files.isExecutable(file) && !file.toString().endsWith(".so") ? EXECUTABLE : PLAIN;
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.close();
    }
}
