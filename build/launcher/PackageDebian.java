import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A package for Debian and what is made from it, by dpkg-deb: the archive's files below /usr/lib, and a systemd service. */
final class PackageDebian {
    private PackageDebian() {}

    /**
     * @param files {@code control} with {@code VERSION} and {@code ARCHITECTURE} to be filled in, the scripts, and in {@code root} what
     *     is installed besides
     */
    static Path build(Path folder, Path files, String version, Instant time) throws IOException, InterruptedException {
        // A tilde sorts before the release, as a snapshot should.
        String debianVersion = version.replace("-SNAPSHOT", "~snapshot");
        String architecture = Platform.current().arch().equals("x64") ? "amd64" : "arm64";
        Path tree = folder.resolveSibling(folder.getFileName() + ".debian");
        Package.delete(tree);
        copy(folder, tree.resolve("usr/lib/signalbox"));
        copy(files.resolve("root"), tree);
        moveToTheirPlaces(tree);
        copy(files.resolve("DEBIAN"), tree.resolve("DEBIAN"));
        Path control = tree.resolve("DEBIAN/control");
        Files.writeString(
                control,
                Files.readString(control)
                        .replace("VERSION", debianVersion)
                        .replace("ARCHITECTURE", architecture));
        settle(tree, time);
        Path archive = folder.resolveSibling("signalbox_" + debianVersion + "_" + architecture + ".deb");
        run(time, "dpkg-deb", "--root-owner-group", "-Zgzip", "--build", tree.toString(), archive.toString());
        Package.delete(tree);
        return archive;
    }

    private static void moveToTheirPlaces(Path tree) throws IOException {
        Path own = tree.resolve("usr/lib/signalbox");
        move(own.resolve("config/signalbox.yaml"), tree.resolve("etc/signalbox/signalbox.yaml"));
        move(own.resolve("share/man/man1/signalbox.1"), tree.resolve("usr/share/man/man1/signalbox.1"));
        move(own.resolve("share/completions/signalbox.bash"), tree.resolve("usr/share/bash-completion/completions/signalbox"));
        move(own.resolve("share/completions/signalbox.fish"), tree.resolve("usr/share/fish/vendor_completions.d/signalbox.fish"));
        Path bin = Files.createDirectories(tree.resolve("usr/bin"));
        Files.createSymbolicLink(bin.resolve("signalbox"), Path.of("../lib/signalbox/bin/signalbox"));
    }

    private static void move(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.move(from, to);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file) && !Files.isSymbolicLink(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** dpkg-deb takes times and modes as it finds them. */
    private static void settle(Path tree, Instant time) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(each -> !Files.isSymbolicLink(each)).toList()) {
                boolean executable = Files.isExecutable(file);
                Files.setPosixFilePermissions(
                        file,
                        PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    private static void run(Instant time, String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("SOURCE_DATE_EPOCH", Long.toString(time.getEpochSecond()));
        if (builder.start().waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }
}
