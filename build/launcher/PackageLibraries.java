import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The jars of the class path, and what they have of native libraries as files of their own. Otherwise each start would write
 * those to the folder for temporary files again, and that fails where nothing there may be executed.
 */
final class PackageLibraries {
    private static final String NETTY = "META-INF/native/";
    private static final String SQLITE = "org/sqlite/native/";

    private PackageLibraries() {}

    static List<Path> ofThisPlatform(List<Path> classpath) {
        Platform here = Platform.current();
        return classpath.stream()
                .filter(jar -> !here.isOfAnother(jar.getFileName().toString()))
                .toList();
    }

    /** Copies them, and writes the file {@code classpath}: their names, one a line, in order. */
    static void copy(List<Path> jars, Path lib) throws IOException {
        Path natives = Files.createDirectories(lib.resolve("native"));
        Path scratch = Files.createTempDirectory("signalbox-package");
        List<String> names = new ArrayList<>();
        for (Path jar : jars) {
            Path plain = hasNatives(jar) ? withoutNatives(jar, natives, scratch) : jar;
            names.add(CopyJars.copy(plain, lib).getFileName().toString());
        }
        Files.write(lib.resolve("classpath"), names);
        Package.delete(scratch);
    }

    private static boolean hasNatives(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            return zip.stream().anyMatch(PackageLibraries::isNative);
        }
    }

    private static boolean isNative(ZipEntry entry) {
        return !entry.isDirectory() && (entry.getName().startsWith(NETTY) || entry.getName().startsWith(SQLITE));
    }

    private static Path withoutNatives(Path jar, Path natives, Path scratch) throws IOException {
        Path rest = scratch.resolve(jar.getFileName());
        try (var zip = new ZipFile(jar.toFile());
                var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(rest)))) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = zip.getInputStream(entry)) {
                    if (!isNative(entry)) {
                        var copy = new ZipEntry(entry.getName());
                        copy.setTime(entry.getTime());
                        out.putNextEntry(copy);
                        in.transferTo(out);
                    } else if (isOurs(entry.getName())) {
                        Path name = Path.of(entry.getName()).getFileName();
                        Files.copy(in, natives.resolve(name));
                    }
                }
            }
        }
        return rest;
    }

    private static boolean isOurs(String entry) {
        return entry.startsWith(NETTY) || entry.startsWith(Platform.current().sqliteFolder());
    }
}
