import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Makes the archives for those who have no checkout and no Java: {@code java Package.java OUT ROOT CLASSPATH FORMAT...}.
 * {@code ./signalbox package} calls it. CLASSPATH begins with the server's jar; formats are tar.gz, zip, deb
 * and oci.
 *
 * <p>The same inputs give the same bytes, except for oci: entries are sorted, and their times are the commit's.
 */
final class Package {
    private static final String MAIN = "dev.signalbox.server.SignalboxCommand";
    private static final String BUILD = "dev/signalbox/server/node/build.properties";

    private final Path root;
    private final List<Path> jars;
    private final String version;
    private final Instant time;
    private final Path folder;

    private Package(Path out, Path root, List<Path> classpath) throws IOException {
        Properties build = build(classpath.getFirst());
        this.root = root;
        this.jars = PackageLibraries.ofThisPlatform(classpath);
        this.version = build.getProperty("version");
        this.time = OffsetDateTime.parse(build.getProperty("build-time")).toInstant();
        this.folder = out.resolve("signalbox-" + version + "-" + Platform.current());
    }

    static void main(String[] arguments) throws Exception {
        Path out = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        List<Path> classpath = Stream.of(arguments[2].split(File.pathSeparator)).map(Path::of).toList();
        var made = new Package(out, Path.of(arguments[1]), classpath);
        made.layOut();
        List<Path> archives = new ArrayList<>();
        // The image comes last, since what it prepares in the folder belongs into no archive.
        List<String> formats = List.of(arguments).subList(3, arguments.length).stream()
                .sorted(Comparator.comparing(format -> format.equals("oci")))
                .toList();
        for (String format : formats) {
            step("writing " + format);
            archives.add(made.archive(format));
        }
        PackageArchive.writeSums(out.resolve("SHA256SUMS"), archives);
        archives.forEach(System.out::println);
    }

    private static Properties build(Path server) throws IOException {
        var build = new Properties();
        try (var zip = new ZipFile(server.toFile());
                InputStream in = zip.getInputStream(zip.getEntry(BUILD))) {
            build.load(in);
        }
        return build;
    }

    private static void step(String what) {
        System.err.println("  " + what);
    }

    private void layOut() throws Exception {
        delete(folder);
        step("copying libraries");
        PackageLibraries.copy(jars, folder.resolve("lib"));
        step("linking the runtime");
        PackageRuntime.link(jars, folder.resolve("runtime"));
        copyFiles();
        step("collecting licences");
        Path texts = root.resolve("build/launcher/licences");
        PackageLicences.write(jars, texts, folder.resolve("licences"));
        step("writing completions and the manual");
        writeGenerated();
    }

    private void copyFiles() throws IOException {
        Path templates = root.resolve("build/launcher/package");
        try (Stream<Path> files = Files.walk(templates)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                copy(file, templates.relativize(file).toString());
            }
        }
        copy(root.resolve("LICENSE"), "LICENSE");
        copy(root.resolve("CHANGELOG.md"), "CHANGELOG.md");
        copy(root.resolve("examples/messages.csv"), "examples/messages.csv");
    }

    private void copy(Path file, String name) throws IOException {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** By the program itself, in the runtime that it will have: if it cannot start there, nothing is packed. */
    private void writeGenerated() throws IOException, InterruptedException {
        Path share = Files.createDirectories(folder.resolve("share/completions")).getParent();
        generate(share.resolve("completions/signalbox.bash"), "completion", "bash");
        generate(share.resolve("completions/signalbox.zsh"), "completion", "zsh");
        generate(share.resolve("completions/signalbox.fish"), "completion", "fish");
        Files.createDirectories(share.resolve("man/man1"));
        generate(share.resolve("man/man1/signalbox.1"), "help", "--man");
    }

    private void generate(Path file, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                folder.resolve("runtime/bin/java").toString(),
                "@" + folder.resolve("lib/jvm.options"),
                "@" + folder.resolve("lib/command.options"),
                "-cp",
                String.join(File.pathSeparator, classpath()),
                MAIN));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("`signalbox " + String.join(" ", arguments) + "` failed in the new runtime");
        }
    }

    private List<String> classpath() throws IOException {
        return Files.readAllLines(folder.resolve("lib/classpath"), StandardCharsets.UTF_8).stream()
                .map(jar -> folder.resolve("lib").resolve(jar).toString())
                .toList();
    }

    private Path archive(String format) throws IOException, InterruptedException {
        return switch (format) {
            case "tar.gz" -> PackageArchive.tarGz(folder, time);
            case "zip" -> PackageArchive.zip(folder, time);
            case "deb" -> PackageDebian.build(folder, root.resolve("deploy/debian"), version, time);
            case "oci" -> PackageImage.build(folder, version, time);
            default -> throw new IllegalArgumentException("no archive is called " + format + ": tar.gz, zip, deb or oci");
        };
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
