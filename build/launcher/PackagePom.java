import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * What the Maven descriptor beside a jar says of it.
 *
 * @param licences their names, of which one may choose; from the descriptor or its parents, and empty if none names any
 */
record PackagePom(String group, String artifact, List<String> licences) {
    /** Throws IllegalStateException if no descriptor is in the jar's folder. */
    static PackagePom beside(Path jar) throws IOException {
        try (Stream<Path> beside = Files.list(jar.toAbsolutePath().getParent())) {
            Path pom = beside.filter(file -> file.toString().endsWith(".pom"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no Maven descriptor is beside " + jar));
            Element project = parse(pom);
            return new PackagePom(
                    group(project), text(child(project, "artifactId").orElseThrow()), licences(pom, project));
        }
    }

    private static List<String> licences(Path pom, Element project) throws IOException {
        Optional<Element> licences = child(project, "licenses");
        if (licences.isPresent()) {
            return names(licences.get());
        }
        Optional<Element> parent = child(project, "parent");
        if (parent.isEmpty()) {
            return List.of();
        }
        Path parentPom = parentPom(pom, project, parent.get());
        return licences(parentPom, parse(parentPom));
    }

    private static List<String> names(Element licences) {
        return children(licences)
                .filter(licence -> licence.getTagName().equals("license"))
                .map(licence -> child(licence, "name")
                        .or(() -> child(licence, "url"))
                        .map(PackagePom::text)
                        .orElse("unnamed"))
                .toList();
    }

    private static String group(Element project) {
        return child(project, "groupId")
                .or(() -> child(project, "parent").flatMap(parent -> child(parent, "groupId")))
                .map(PackagePom::text)
                .orElseThrow();
    }

    /** A repository has a descriptor in GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION.pom. */
    private static Path parentPom(Path pom, Element project, Element parent) {
        Path repository = pom.getParent().getParent().getParent();
        for (int i = group(project).split("\\.").length; i > 0; i--) {
            repository = repository.getParent();
        }
        String artifact = child(parent, "artifactId").map(PackagePom::text).orElseThrow();
        String version = child(parent, "version").map(PackagePom::text).orElseThrow();
        return repository
                .resolve(child(parent, "groupId").map(PackagePom::text).orElseThrow().replace('.', '/'))
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
}
