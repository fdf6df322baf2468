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
 * Writes tar, in the form of POSIX.1-1988 (ustar). A name or the target of a link that is too long for it goes into an extended header of
 * POSIX.1-2001 (pax) before the entry, which every tar of today reads. The same files give the same bytes: sorted by name, with one time,
 * executable or not, and root's unless an owner is named.
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
            header(name, LINK, 0, 0, '2', Files.readSymbolicLink(file).toString());
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
        header(name + "/", mode, owner, 0, '5', "");
    }

    void file(String name, byte[] content) throws IOException {
        file(name, PLAIN, content.length, new ByteArrayInputStream(content));
    }

    void file(String name, int mode, long size, InputStream content) throws IOException {
        header(name, mode, 0, size, '0', "");
        if (content.transferTo(out) != size) {
            throw new IOException(name + " has changed while it was packed");
        }
        pad(size);
    }

    /** Fills the last block of a content. */
    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    private void header(String name, int mode, int owner, long size, char type, String target) throws IOException {
        byte[] whole = bytes(name);
        int cut = cut(whole);
        extended((cut < 0 ? record("path", name) : "") + (bytes(target).length > NAME ? record("linkpath", target) : ""));
        byte[] prefix = Arrays.copyOf(whole, Math.max(cut, 0));
        byte[] rest = Arrays.copyOfRange(whole, cut > 0 ? cut + 1 : 0, whole.length);
        out.write(ustar(prefix, beginning(rest), mode, owner, size, type, beginning(bytes(target))));
    }

    /** Writes an entry whose records count instead of what the next header says. */
    private void extended(String records) throws IOException {
        if (!records.isEmpty()) {
            byte[] content = bytes(records);
            out.write(ustar(new byte[0], bytes("PaxHeader"), PLAIN, 0, content.length, 'x', new byte[0]));
            out.write(content);
            pad(content.length);
        }
    }

    /** {@code LENGTH KEY=VALUE}, where the length in bytes is that of the whole line, with its own digits. */
    private static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = bytes(rest).length;
        int digits = Integer.toString(length).length();
        if (Integer.toString(length + digits).length() > digits) {
            digits++;
        }
        return length + digits + rest;
    }

    private byte[] ustar(byte[] prefix, byte[] name, int mode, int owner, long size, char type, byte[] target) {
        byte[] header = new byte[BLOCK];
        put(header, 0, NAME, name);
        put(header, 100, 8, bytes("%07o".formatted(mode)));
        put(header, 108, 8, bytes("%07o".formatted(owner)));
        put(header, 116, 8, bytes("%07o".formatted(owner)));
        put(header, 124, 12, bytes("%011o".formatted(size)));
        put(header, 136, 12, bytes("%011o".formatted(time.getEpochSecond())));
        put(header, 148, 8, bytes("        "));
        header[156] = (byte) type;
        put(header, 157, NAME, target);
        put(header, 257, 8, bytes("ustar\00000"));
        put(header, 265, 32, bytes(owner == 0 ? "root" : ""));
        put(header, 297, 32, bytes(owner == 0 ? "root" : ""));
        put(header, 345, PREFIX, prefix);
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, 8, bytes("%06o\0 ".formatted(sum)));
        return header;
    }

    /** Where a name is divided into prefix and name; 0 if it is short, and -1 if it fits in no way. */
    private static int cut(byte[] name) {
        if (name.length <= NAME) {
            return 0;
        }
        int cut = name.length - NAME - 1;
        while (cut < name.length && name[cut] != '/') {
            cut++;
        }
        return cut > 0 && cut <= PREFIX && cut < name.length - 1 ? cut : -1;
    }

    /** As much as a field for names has room for. */
    private static byte[] beginning(byte[] name) {
        return Arrays.copyOf(name, Math.min(name.length, NAME));
    }

    private static void put(byte[] header, int offset, int room, byte[] text) {
        if (text.length > room) {
            throw new IllegalStateException("too long for a field of tar: " + new String(text, StandardCharsets.UTF_8));
        }
        System.arraycopy(text, 0, header, offset, text.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
