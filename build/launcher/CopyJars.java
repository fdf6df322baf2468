import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies the jars of a class path into a folder, for a build of its own, and prints the class path of the copies:
 * {@code java CopyJars.java FOLDER CLASSPATH}. {@code ./signalbox} calls it.
 *
 * <p>The JVM's cache takes no classes from signed jars, and none older than Java 6, which have no stack maps: each start
 * would parse and verify them again. So copies lose their signatures, and old classes get stack maps; nothing else of
 * them changes.
 */
final class CopyJars {
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    private static final int JAVA_6 = 50;
    private static final int MAJOR_VERSION = 7; // where a class file has the low byte of its major version

    private CopyJars() {}

    static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        System.out.println(Stream.of(arguments[1].split(System.getProperty("path.separator")))
                .map(jar -> copy(Path.of(jar), folder).toString())
                .collect(Collectors.joining(System.getProperty("path.separator"))));
    }

    static Path copy(Path jar, Path folder) {
        Path copy = folder.resolve(jar.getFileName());
        if (Files.exists(copy)) { // another artifact's jar of the same name
            copy = folder.resolve(folder.toFile().list().length + "-" + jar.getFileName());
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (isCacheable(zip)) {
                Files.copy(jar, copy);
            } else {
                rewrite(jar, zip, copy);
            }
            return copy;
        } catch (IOException e) {
            throw new IllegalStateException("Cannot copy " + jar + " to " + copy, e);
        }
    }

    private static boolean isCacheable(ZipFile zip) throws IOException {
        for (ZipEntry entry : entries(zip)) {
            if (isSignature(entry) || isOld(entry, head(zip, entry))) {
                return false;
            }
        }
        return true;
    }

    private static void rewrite(Path jar, ZipFile zip, Path copy) throws IOException {
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
                var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(copy)))) {
            ClassFile classes = ClassFile.of(
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (ZipEntry entry : entries(zip)) {
                if (!isSignature(entry)) {
                    byte[] bytes = zip.getInputStream(entry).readAllBytes();
                    out.putNextEntry(sameTime(entry));
                    out.write(isOld(entry, bytes) ? withStackMaps(classes, bytes) : bytes);
                    out.closeEntry();
                }
            }
        }
    }

    private static byte[] withStackMaps(ClassFile classes, byte[] old) {
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(JAVA_6, 0);
            } else {
                builder.with(element);
            }
        };
        ClassTransform transform =
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL).andThen(version);
        try {
            return classes.transformClass(classes.parse(old), transform);
        } catch (IllegalArgumentException e) { // uses a superclass that is absent, or JSR: works as it is, uncached
            return old;
        }
    }

    private static List<? extends ZipEntry> entries(ZipFile zip) {
        return Collections.list(zip.entries());
    }

    private static boolean isSignature(ZipEntry entry) {
        return SIGNATURE.matcher(entry.getName()).matches();
    }

    private static boolean isOld(ZipEntry entry, byte[] bytes) {
        return entry.getName().endsWith(".class") && bytes.length > MAJOR_VERSION && bytes[MAJOR_VERSION] < JAVA_6;
    }

    private static byte[] head(ZipFile zip, ZipEntry entry) throws IOException {
        if (!entry.getName().endsWith(".class")) {
            return new byte[0];
        }
        try (var in = zip.getInputStream(entry)) {
            return in.readNBytes(MAJOR_VERSION + 1);
        }
    }

    private static ZipEntry sameTime(ZipEntry entry) {
        var copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        return copy;
    }
}
