import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * An image of containers, made without a daemon and without a base image from a registry: a tar with an OCI image layout, which is
 * also what {@code docker load} takes. Its first layer has what the program needs of this system, which is the C library and a shell; the
 * second has the program, prepared for fast starts.
 *
 * <p>What is prepared differs from time to time, so that images differ where archives do not.
 */
final class PackageImage {
    private static final int USER = 10001;
    private static final Pattern LIBRARY = Pattern.compile("(?m)^\\s*(?:\\S+ => )?(/.+) \\(0x");
    private static final String SHELL = "/bin/sh";

    private final Path folder;
    private final String version;
    private final Instant time;
    private final Path blobs;

    /** A file that the image names by its sum. */
    private record Blob(String digest, long size) {
        String json(String type) {
            return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"sha256:%s\",\"size\":%d}"
                    .formatted(type, digest, size);
        }
    }

    /** @param plain the sum before it was compressed */
    private record Layer(Blob blob, String plain) {}

    @FunctionalInterface
    private interface Content {
        void writeTo(PackageTar tar) throws IOException;
    }

    private PackageImage(Path folder, String version, Instant time) throws IOException {
        this.folder = folder;
        this.version = version;
        this.time = time;
        this.blobs = Files.createTempDirectory("signalbox-image");
    }

    /** Changes the folder: what is prepared stays in it. */
    static Path build(Path folder, String version, Instant time) throws IOException, InterruptedException {
        if (!Platform.current().os().equals("linux")) {
            throw new IllegalStateException("an image is made on Linux, of whose C library it takes a copy");
        }
        var image = new PackageImage(folder, version, time);
        try {
            return image.write();
        } finally {
            Package.delete(image.blobs);
        }
    }

    private Path write() throws IOException, InterruptedException {
        prepare();
        Set<Path> system = system();
        List<Layer> layers = List.of(layer(tar -> addSystem(tar, system)), layer(this::addProgram));
        Blob configuration = blob(configuration(layers));
        Blob manifest = blob(manifest(configuration, layers));
        Path archive = folder.resolveSibling(folder.getFileName() + ".oci.tar");
        try (var tar = new PackageTar(new BufferedOutputStream(Files.newOutputStream(archive)), time)) {
            tar.file("oci-layout", bytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
            tar.file("index.json", bytes(index(manifest)));
            tar.file("manifest.json", bytes(forDocker(configuration, layers)));
            tar.tree(blobs, "blobs/sha256");
        }
        return archive;
    }

    /** The JVM takes a cache only beside jars of the same times, and a layer keeps whole seconds. */
    private void prepare() throws IOException, InterruptedException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(time.getEpochSecond() * 1000));
            }
        }
        run(folder.resolve("bin/signalbox").toString(), "prepare");
        for (String kind : List.of("server", "command")) {
            if (Files.size(folder.resolve("lib/" + kind + ".aot")) == 0) {
                throw new IllegalStateException("fast starts of the kind " + kind + " could not be prepared");
            }
        }
    }

    /** The libraries that the runtime, the native libraries and the shell are linked with. */
    private Set<Path> system() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ldd", SHELL));
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.endsWith("runtime/bin/java") || file.toString().endsWith(".so"))
                    .forEach(file -> command.add(file.toString()));
        }
        return LIBRARY.matcher(run(command.toArray(String[]::new)))
                .results()
                .map(found -> Path.of(found.group(1)))
                .filter(library -> !library.startsWith(folder))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command[0] + " failed: " + output);
        }
        return output;
    }

    private static void addSystem(PackageTar tar, Set<Path> libraries) throws IOException {
        Set<String> folders = new TreeSet<>(Set.of("bin", "etc"));
        for (Path library : libraries) {
            for (Path parent = library.getParent(); parent.getParent() != null; parent = parent.getParent()) {
                folders.add(parent.toString().substring(1));
            }
        }
        for (String each : folders) {
            tar.folder(each, PackageTar.EXECUTABLE, 0);
        }
        add(tar, Path.of(SHELL));
        for (Path library : libraries) {
            add(tar, library);
        }
        tar.file("etc/passwd", bytes("root:x:0:0::/:/bin/sh\nsignalbox:x:%1$d:%1$d::/data:/bin/sh\n".formatted(USER)));
        tar.file("etc/group", bytes("root:x:0:\nsignalbox:x:%d:\n".formatted(USER)));
        tar.file("etc/nsswitch.conf", bytes("hosts: files dns\n"));
        tar.folder("tmp", 01777, 0);
    }

    /** The file itself where it is reached by links. */
    private static void add(PackageTar tar, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            tar.file(file.toString().substring(1), PackageTar.EXECUTABLE, Files.size(file), in);
        }
    }

    private void addProgram(PackageTar tar) throws IOException {
        tar.folder("opt", PackageTar.EXECUTABLE, 0);
        tar.tree(folder, "opt/signalbox");
        tar.folder("data", 0700, USER);
    }

    private Layer layer(Content content) throws IOException {
        Path file = Files.createTempFile(blobs, "layer", "");
        MessageDigest compressed = PackageArchive.sha256();
        MessageDigest plain = PackageArchive.sha256();
        OutputStream outer = new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(file)), compressed);
        try (var tar = new PackageTar(
                new BufferedOutputStream(new DigestOutputStream(new GZIPOutputStream(outer, 1 << 16), plain)), time)) {
            content.writeTo(tar);
        }
        return new Layer(named(file, hex(compressed)), hex(plain));
    }

    private Blob blob(String json) throws IOException {
        Path file = Files.createTempFile(blobs, "json", "");
        Files.writeString(file, json);
        MessageDigest digest = PackageArchive.sha256();
        digest.update(bytes(json));
        return named(file, hex(digest));
    }

    private Blob named(Path file, String digest) throws IOException {
        long size = Files.size(file);
        Files.move(file, blobs.resolve(digest));
        return new Blob(digest, size);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Says the same as deploy/Dockerfile; its check of health, with times in nanoseconds, is for Docker alone. */
    private String configuration(List<Layer> layers) {
        String architecture = Platform.current().arch().equals("x64") ? "amd64" : "arm64";
        return """
                {"created":"%1$s","architecture":"%2$s","os":"linux",
                "config":{"User":"%3$d:%3$d","WorkingDir":"/data","Volumes":{"/data":{}},
                "ExposedPorts":{"8080/tcp":{},"8081/tcp":{}},"StopSignal":"SIGTERM",
                "Env":["PATH=/opt/signalbox/bin:/bin","SIGNALBOX_CONTROL_HOST=0.0.0.0","SIGNALBOX_CLIENTS_HOST=0.0.0.0",
                "SIGNALBOX_DATA_FOLDER=/data"],
                "Entrypoint":["/opt/signalbox/bin/signalbox"],"Cmd":["serve"],
                "Healthcheck":{"Test":["CMD","/opt/signalbox/bin/signalbox","health","--url","http://127.0.0.1:8080"],
                "Interval":10000000000,"Timeout":5000000000,"StartPeriod":60000000000,"Retries":3},
                "Labels":{"org.opencontainers.image.title":"Signalbox","org.opencontainers.image.version":"%4$s",
                "org.opencontainers.image.licenses":"Apache-2.0"}},
                "rootfs":{"type":"layers","diff_ids":[%5$s]},
                "history":[{"created":"%1$s","created_by":"system"},{"created":"%1$s","created_by":"signalbox"}]}
                """
                .formatted(time, architecture, USER, version, list(layers, layer -> "\"sha256:" + layer.plain() + "\""));
    }

    private static String manifest(Blob configuration, List<Layer> layers) {
        return """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}
                """
                .formatted(
                        configuration.json("config.v1+json"),
                        list(layers, layer -> layer.blob().json("layer.v1.tar+gzip")));
    }

    private String index(Blob manifest) {
        String described = manifest.json("manifest.v1+json");
        return """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,
                "annotations":{"org.opencontainers.image.ref.name":"%s"}}]}
                """
                .formatted(described.substring(0, described.length() - 1), version);
    }

    /** What a Docker without containerd's store reads. */
    private String forDocker(Blob configuration, List<Layer> layers) {
        return "[{\"Config\":\"blobs/sha256/%s\",\"RepoTags\":[\"signalbox:%s\"],\"Layers\":[%s]}]"
                .formatted(
                        configuration.digest(),
                        version,
                        list(layers, layer -> "\"blobs/sha256/" + layer.blob().digest() + "\""));
    }

    private static String list(List<Layer> layers, Function<Layer, String> json) {
        return layers.stream().map(json).collect(Collectors.joining(","));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
