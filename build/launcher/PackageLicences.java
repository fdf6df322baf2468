import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * The licences of the libraries: one list, from their Maven descriptors, and the texts that their jars carry. A jar whose
 * licence nothing names fails the packaging.
 */
final class PackageLicences {
    private static final Pattern TEXT = Pattern.compile("(META-INF/)?(LICEN[SC]E|NOTICE|COPYING)[^/]*", Pattern.CASE_INSENSITIVE);

    private PackageLicences() {}

    static void write(List<Path> jars, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> lines = new ArrayList<>(List.of(
                "Signalbox is under the Apache License 2.0. It comes with these libraries, and with a Java runtime, whose",
                "licences are in runtime/legal. Texts that a library carries are in the folder of its name.",
                ""));
        for (Path jar : jars) {
            String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
            if (!name.startsWith("signalbox-")) {
                lines.add(name + ": " + licence(jar));
                copyTexts(jar, folder.resolve(name));
            }
        }
        Files.write(folder.resolve("LIBRARIES.txt"), lines);
    }

    private static String licence(Path jar) throws IOException {
        try (Stream<Path> beside = Files.list(jar.toAbsolutePath().getParent())) {
            Path pom = beside.filter(file -> file.toString().endsWith(".pom"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no Maven descriptor is beside " + jar));
            return licenceOf(pom).orElseThrow(() -> new IllegalStateException("nothing names the licence of " + jar));
        }
    }

    /** Of a descriptor, or of its parent. */
    private static Optional<String> licenceOf(Path pom) throws IOException {
        Element project = parse(pom);
        Optional<Element> licences = child(project, "licenses");
        if (licences.isPresent()) {
            return Optional.of(String.join(" or ", names(licences.get())));
        }
        Optional<Element> parent = child(project, "parent");
        return parent.isEmpty() ? Optional.empty() : licenceOf(parentPom(pom, project, parent.get()));
    }

    private static List<String> names(Element licences) {
        return children(licences)
                .filter(licence -> licence.getTagName().equals("license"))
                .map(licence -> child(licence, "name")
                        .or(() -> child(licence, "url"))
                        .map(PackageLicences::text)
                        .orElse("unnamed"))
                .toList();
    }

    /** A repository has a descriptor in GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION.pom. */
    private static Path parentPom(Path pom, Element project, Element parent) {
        String group = child(project, "groupId").or(() -> child(parent, "groupId")).map(PackageLicences::text).orElseThrow();
        Path repository = pom.getParent().getParent().getParent();
        for (int i = group.split("\\.").length; i > 0; i--) {
            repository = repository.getParent();
        }
        String artifact = child(parent, "artifactId").map(PackageLicences::text).orElseThrow();
        String version = child(parent, "version").map(PackageLicences::text).orElseThrow();
        return repository
                .resolve(child(parent, "groupId").map(PackageLicences::text).orElseThrow().replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".pom");
    }

    private static Element parse(Path pom) throws IOException {
        try (InputStream in = Files.newInputStream(pom)) {
            var factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(in).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("cannot read " + pom, e);
        }
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent).filter(child -> child.getTagName().equals(name)).findFirst();
    }

    private static Stream<Element> children(Element parent) {
        return Stream.iterate(parent.getFirstChild(), node -> node != null, Node::getNextSibling)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }

    private static String text(Element element) {
        return element.getTextContent().strip().replaceAll("\\s+", " ");
    }

    private static void copyTexts(Path jar, Path folder) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                if (!entry.isDirectory() && TEXT.matcher(name).matches() && !name.toLowerCase(Locale.ROOT).endsWith(".class")) {
                    Path text = folder.resolve(name.substring(name.lastIndexOf('/') + 1));
                    if (!Files.exists(text)) {
                        Files.createDirectories(folder);
                        try (InputStream in = zip.getInputStream(entry)) {
                            Files.copy(in, text);
                        }
                    }
                }
            }
        }
    }
}
