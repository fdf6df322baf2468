package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The archive that {@code ./signalbox package} makes, unpacked by tar in a folder with a space in its name, and run in an empty
 * environment: without a Java, without a PATH, and, where this test runs as root, by somebody who may write to none of it.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class PackageTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String NOBODY = "65534";
    private static final String PREPARING = "Preparing fast starts, once; this takes some seconds.\n";
    private static final List<String> FORMATS = Files.isExecutable(Path.of("/usr/bin/dpkg-deb"))
            ? List.of("tar.gz", "zip", "oci", "deb")
            : List.of("tar.gz", "zip", "oci");
    private static final String IN_A_ROOT_OF_ITS_OWN = """
            PATH=/usr/sbin:/usr/bin:/sbin:/bin
            mount --bind "$1" "$1"
            mkdir "$1/proc" "$1/dev"
            mount -t proc proc "$1/proc"
            mount --bind /dev "$1/dev"
            exec chroot --userspec=10001:10001 "$@\"""";
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

    @TempDir
    private static Path shared;

    private static Path archive;
    private static Path home;

    @TempDir
    private Path folder;

    @BeforeAll
    static void packAndUnpack() throws Exception {
        open(shared);
        archive = Packing.pack(shared, shared.resolve("dist"), FORMATS).getFirst();
        Path place = Files.createDirectory(shared.resolve("a place"));
        Execution unpacked = Execution.of(place, "tar", "-xzf", archive.toString());
        assertThat(unpacked.exit()).as(unpacked.output()).isZero();
        home = Packing.only(place);
        Execution first = Execution.of(place, home.resolve("bin/signalbox").toString(), "--version");
        assertThat(first).isEqualTo(new Execution(0, PREPARING + "signalbox " + version() + "\n"));
        Execution prepared = Execution.of(place, home.resolve("bin/signalbox").toString(), "prepare");
        assertThat(prepared).isEqualTo(new Execution(0, PREPARING + PREPARING));
    }

    @Test
    void theFormatsHaveTheSameFilesAndSumsThatAreRight() throws Exception {
        Execution checked = Execution.of(shared.resolve("dist"), "sha256sum", "--check", "--strict", "SHA256SUMS");

        assertThat(checked.exit()).as(checked.output()).isZero();
        assertThat(checked.output().lines()).hasSize(FORMATS.size());
        assertThat(filesOfZip(Packing.withEnding(shared.resolve("dist"), ".zip")))
                .isEqualTo(filesOfTar())
                .hasSizeGreaterThan(150);
    }

    /** Packing takes most of this class's time, so the short form of the tests does it once. */
    @Test
    void theSameBuildGivesTheSameBytes() throws Exception {
        Assumptions.assumeTrue(Effort.of(0, 1) > 0, "skipped: packs twice, which the long form does");

        List<Path> again = Packing.pack(folder, folder.resolve("dist"), FORMATS);

        assertThat(again)
                .filteredOn(file -> !file.toString().endsWith(".oci.tar"))
                .hasSizeGreaterThan(1)
                .allSatisfy(file -> assertThat(
                                Files.mismatch(file, shared.resolve("dist").resolve(file.getFileName())))
                        .as("%s", file)
                        .isEqualTo(-1));
    }

    @Test
    void runsFromADebianPackage() throws Exception {
        Assumptions.assumeTrue(FORMATS.contains("deb"), "skipped: this test needs dpkg-deb");
        Path system = folder.resolve("system");
        String deb = Packing.withEnding(shared.resolve("dist"), ".deb").toString();
        Execution extracted = Execution.of(folder, "dpkg-deb", "--extract", deb, system.toString());
        assertThat(extracted.exit()).as(extracted.output()).isZero();
        assertThat(system.resolve("usr/lib/systemd/system/signalbox.service")).exists();
        assertThat(system.resolve("etc/signalbox/signalbox.yaml")).exists();

        Execution version = Execution.of(
                folder,
                "env",
                "SIGNALBOX_PREPARE=no",
                system.resolve("usr/bin/signalbox").toString(),
                "--version");

        assertThat(version).isEqualTo(new Execution(0, "signalbox " + version() + "\n"));
    }

    /** With the folders of the kernel, and nothing else of this machine; `-XX:AOTMode=on` ends a JVM whose cache does not fit. */
    @Test
    void theImageServesWithNothingButItself() throws Exception {
        Assumptions.assumeTrue(IS_ROOT && canUnshare(), "skipped: this test gives a process a root folder of its own");
        UnpackedImage image = UnpackedImage.of(Packing.withEnding(shared.resolve("dist"), ".oci.tar"), folder);
        JsonNode run = image.configuration().path("config");
        assertThat(run.path("User").asString()).isEqualTo("10001:10001");
        assertThat(run.path("StopSignal").asString()).isEqualTo("SIGTERM");
        assertThat(UnpackedImage.texts(run.at("/Healthcheck/Test")))
                .containsExactly("CMD", "/opt/signalbox/bin/signalbox", "health", "--url", "http://127.0.0.1:8080");
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i"));
        command.addAll(UnpackedImage.texts(run.path("Env")));
        command.addAll(List.of(
                "SIGNALBOX_CONTROL_PORT=0", "SIGNALBOX_CLIENTS_PORT=0", "SIGNALBOX_JAVA_OPTIONS=-XX:AOTMode=on"));
        command.addAll(List.of("/usr/bin/unshare", "--fork", "--pid", "--mount", "--kill-child"));
        command.addAll(List.of(
                "/bin/sh", "-euc", IN_A_ROOT_OF_ITS_OWN, "sh", image.root().toString()));
        command.addAll(UnpackedImage.texts(run.path("Entrypoint")));
        command.addAll(UnpackedImage.texts(run.path("Cmd")));

        String stopped = serveAndStop(
                Execution.begin(folder, command),
                server -> server.children().findFirst().orElseThrow().destroy());

        assertThat(stopped).contains("stopping");
        assertThat(Files.getAttribute(image.root().resolve("data/token"), "unix:uid"))
                .isEqualTo(10001);
    }

    private boolean canUnshare() throws Exception {
        return Execution.of(folder, "unshare", "--fork", "--pid", "--mount", "true")
                        .exit()
                == 0;
    }

    @Test
    void theDocumentedStartEndsWithADeliveredMessage() throws Exception {
        Path place = Files.createDirectory(folder.resolve("start"));
        Files.createLink(place.resolve(archive.getFileName()), archive);
        String documented = BLOCK.matcher(Files.readString(ROOT.resolve("docs/install.md")))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining());
        String script = "trap 'kill $(jobs -p) || true; wait' EXIT\n"
                + documented.replace("3001", Integer.toString(FreePort.find()));
        int port = FreePort.find();

        Execution start = Execution.of(
                place,
                "env",
                "PATH=/usr/bin:/bin",
                "SIGNALBOX_PREPARE=no",
                "SIGNALBOX_CONTROL_PORT=" + port,
                "SIGNALBOX_CLIENTS_PORT=0",
                "SIGNALBOX_URL=http://127.0.0.1:" + port,
                "bash",
                "-eu",
                "-o",
                "pipefail",
                "-c",
                script);

        assertThat(start.exit()).as(start.output()).isZero();
        assertThat(start.output()).contains("+61491570006");
    }

    private static Set<String> filesOfTar() throws Exception {
        return Execution.of(shared, "tar", "-tzf", archive.toString())
                .output()
                .lines()
                .filter(name -> !name.endsWith("/"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> filesOfZip(Path zip) throws IOException {
        try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", "true"));
                Stream<Path> all = Files.walk(system.getPath("/"))) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            Path script = files.stream()
                    .filter(file -> file.endsWith("bin/signalbox"))
                    .findFirst()
                    .orElseThrow();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script)))
                    .isEqualTo("rwxr-xr-x");
            return files.stream()
                    .map(file -> file.toString().substring(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void hasLicencesACompletionForEachShellAManualAndAConfigurationThatIsValid() throws Exception {
        List<String> libraries = Files.readAllLines(home.resolve("lib/classpath"));
        assertThat(libraries.stream()
                        .filter(jar -> !jar.startsWith("signalbox-"))
                        .map(jar -> jar.replaceFirst("\\.jar$", "")))
                .hasSizeGreaterThan(50)
                .allSatisfy(library -> assertThat(Packing.licenceTexts(home, library))
                        .as("texts of %s", library)
                        .isNotEmpty()
                        .allSatisfy(text -> assertThat(text).isNotEmptyFile()));
        assertThat(home.resolve("runtime/legal/java.base/LICENSE")).exists();
        assertThat(home.resolve("LICENSE")).hasSameTextualContentAs(ROOT.resolve("LICENSE"));
        assertThat(home.resolve("share/completions/signalbox.bash")).content().contains("queue");
        assertThat(home.resolve("share/completions/signalbox.zsh")).content().contains("queue");
        assertThat(home.resolve("share/completions/signalbox.fish")).content().contains("complete -c signalbox");
        assertThat(home.resolve("share/man/man1/signalbox.1")).content().startsWith(".TH SIGNALBOX 1");

        Execution config = signalbox(
                "serve",
                "--print-config",
                "--config",
                home.resolve("config/signalbox.yaml").toString());

        assertThat(config.exit()).as(config.output()).isZero();
        assertThat(config.output()).contains("port: 8081").doesNotContain("warning");
    }

    @Test
    void theDemoRunsWithNothingPrepared() throws Exception {
        Path place = folder.resolve("unprepared");
        open(Files.createDirectory(place));
        Execution unpacked = Execution.of(place, "tar", "-xzf", archive.toString());
        assertThat(unpacked.exit()).as(unpacked.output()).isZero();
        List<String> command = asSomebodyElse(Packing.only(place), "demo", "--exit");
        command.addFirst("SIGNALBOX_PREPARE=no");
        command.addFirst("/usr/bin/env");

        Execution demo = Execution.of(folder, command.toArray(String[]::new));

        assertThat(demo.exit()).as(demo.output()).isZero();
        assertThat(JsonMapper.shared().readTree(demo.json()).path("delivered").asInt())
                .isGreaterThan(100);
        try (Stream<Path> lib = Files.list(Packing.only(place).resolve("lib"))) {
            assertThat(lib).noneMatch(file -> file.toString().contains(".aot"));
        }
    }

    @Test
    void whatIsPreparedFitsInAnotherFolder() throws Exception {
        Path moved = Files.createDirectory(folder.resolve("moved")).resolve("signalbox");
        Execution copied = Execution.of(folder, "cp", "-a", home.toString(), moved.toString());
        assertThat(copied.exit()).as(copied.output()).isZero();
        String classpath = Files.readAllLines(moved.resolve("lib/classpath")).stream()
                .map(jar -> moved.resolve("lib").resolve(jar).toString())
                .collect(Collectors.joining(":"));
        for (String kind : List.of("server", "command")) {
            Execution version = Execution.of(
                    folder,
                    Packing.java(moved.resolve("runtime").toString()),
                    "@" + moved.resolve("lib/jvm.options"),
                    "@" + moved.resolve("lib/" + kind + ".options"),
                    "-XX:AOTMode=on", // ends the JVM where the cache does not fit
                    "-XX:AOTCache=" + moved.resolve("lib/" + kind + ".aot"),
                    "-cp",
                    classpath,
                    "dev.signalbox.server.SignalboxCommand",
                    "--version");
            assertThat(version).isEqualTo(new Execution(0, "signalbox " + version() + "\n"));
        }
    }

    @Test
    void servesAndUpgradesAnOlderDataFolderAndRefusesANewerOne() throws Exception {
        Path data = folder.resolve("data");
        serveAndStop(data);
        String database = "jdbc:sqlite:" + data.resolve("signalbox.db");

        // As one from before there were templates.
        change(database, "DROP TABLE templates_schema");
        for (String table : tables(database, "template%")) {
            change(database, "DROP TABLE " + table);
        }
        serveAndStop(data);
        assertThat(tables(database, "template%")).contains("templates_schema").hasSizeGreaterThan(1);

        change(database, """
                INSERT INTO delivery_schema VALUES (99, '2', 'newer', 'SQL', 'V2__newer.sql', 1, 'somebody',
                    '2036-01-01 00:00:00.000', 1, 1)""");
        Execution refused = signalbox(serve(data));

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output())
                .contains(
                        "a newer program has brought them to version 2",
                        "Start the newer program, or restore a backup");
    }

    private void serveAndStop(Path data) throws Exception {
        String stopped = serveAndStop(
                Execution.begin(folder, asSomebodyElse(home, serve(data))),
                server -> server.toHandle().destroy());
        assertThat(stopped).contains("stopping");
    }

    /** What it printed once it was told to stop. */
    private static String serveAndStop(Process server, Consumer<Process> stop) throws Exception {
        try (var output = server.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = new ArrayList<>();
            while (lines.isEmpty() || !lines.getLast().contains(" ready: ")) {
                String line = output.readLine();
                assertThat(line).as("the server ended: %s", lines).isNotNull();
                lines.add(line);
            }
            stop.accept(server);
            String stopped = output.readAllAsString();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isZero();
            return stopped;
        }
    }

    private static String[] serve(Path data) {
        return new String[] {
            "serve", "--set", "data.folder=" + data, "--set", "control.port=0", "--set", "clients.port=0"
        };
    }

    private static void change(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static List<String> tables(String database, String like) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '" + like + "'")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static String version() {
        String name = home.getFileName().toString();
        return name.substring("signalbox-".length(), name.indexOf("-linux-"));
    }

    private Execution signalbox(String... arguments) throws Exception {
        return Execution.of(folder, asSomebodyElse(home, arguments).toArray(String[]::new));
    }

    /** Who owns nothing here but {@link #folder}, where this test runs as root. */
    private List<String> asSomebodyElse(Path installed, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        if (IS_ROOT) {
            open(folder);
            Execution.of(folder, "chown", "-R", NOBODY + ":" + NOBODY, folder.toString());
            command.addAll(List.of("/usr/bin/setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
        }
        command.add(installed.resolve("bin/signalbox").toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void open(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
