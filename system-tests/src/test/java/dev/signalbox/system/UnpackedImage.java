package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image as a container runtime finds it in an archive: its configuration, and its layers, one over the other. Each part has the
 * size and the sum that the others name.
 */
record UnpackedImage(JsonNode configuration, Path root) {
    private static final JsonMapper JSON = JsonMapper.shared();

    static UnpackedImage of(Path archive, Path folder) throws Exception {
        Path layout = Files.createDirectory(folder.resolve("layout"));
        unpack("-xf", archive, layout);
        assertThat(JSON.readTree(layout.resolve("oci-layout"))
                        .path("imageLayoutVersion")
                        .asString())
                .isEqualTo("1.0.0");
        JsonNode manifest = JSON.readTree(
                blob(layout, JSON.readTree(layout.resolve("index.json")).at("/manifests/0")));
        JsonNode configuration = JSON.readTree(blob(layout, manifest.path("config")));
        Path root = Files.createDirectory(folder.resolve("root"));
        List<String> plain = new ArrayList<>();
        for (JsonNode layer : manifest.path("layers")) {
            Path file = blob(layout, layer);
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                plain.add("sha256:" + sum(in));
            }
            unpack("-xzpf", file, root);
        }
        assertThat(texts(configuration.at("/rootfs/diff_ids"))).isEqualTo(plain).hasSize(2);
        checkForDocker(layout, manifest);
        return new UnpackedImage(configuration, root);
    }

    /** What Docker reads names the same parts. */
    private static void checkForDocker(Path layout, JsonNode manifest) {
        JsonNode image = JSON.readTree(layout.resolve("manifest.json")).path(0);
        assertThat(image.path("Config").asString()).isEqualTo(name(manifest.path("config")));
        assertThat(texts(image.path("Layers")))
                .isEqualTo(manifest.path("layers")
                        .valueStream()
                        .map(UnpackedImage::name)
                        .toList());
        assertThat(texts(image.path("RepoTags"))).singleElement().asString().startsWith("signalbox:");
    }

    static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private static String name(JsonNode described) {
        return "blobs/" + described.path("digest").asString().replace(':', '/');
    }

    private static Path blob(Path layout, JsonNode described) throws Exception {
        Path file = layout.resolve(name(described));
        assertThat(file).hasSize(described.path("size").asLong());
        try (InputStream in = Files.newInputStream(file)) {
            assertThat("sha256:" + sum(in)).isEqualTo(described.path("digest").asString());
        }
        return file;
    }

    private static String sum(InputStream content) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        new DigestInputStream(content, digest).transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void unpack(String how, Path archive, Path folder) throws Exception {
        Execution unpacked =
                Execution.of(folder, "tar", "--numeric-owner", how, archive.toString(), "-C", folder.toString());
        assertThat(unpacked.exit()).as(unpacked.output()).isZero();
    }
}
