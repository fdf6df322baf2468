import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A Java runtime with the modules that the classes of these jars refer to. jdeps would tell which, but it refuses jars that are
 * modules themselves where one that they can do without is absent.
 */
final class PackageRuntime {
    /** Found by name, or as services: no class refers to them. */
    private static final Set<String> FOUND_BY_NAME = Set.of(
            "jdk.charsets", // of bounces and other mail
            "jdk.naming.dns", // addresses of MongoDB clusters, mongodb+srv
            "jdk.zipfs");

    /** What libraries refer to for uses that a server does not have. */
    private static final Set<String> UNUSED = Set.of(
            "java.desktop", // logins in a browser (Azure), pictures in mail, annotations of Java beans
            "java.compiler",
            "java.instrument",
            "jdk.attach",
            "jdk.compiler");

    private static final Map<String, String> MODULE_OF_PACKAGE = modulesByPackage();

    private PackageRuntime() {}

    static void link(List<Path> jars, Path runtime) throws IOException {
        Set<String> modules = new TreeSet<>(FOUND_BY_NAME);
        for (Path jar : jars) {
            addModules(jar, modules);
        }
        modules.removeAll(UNUSED);
        int code = ToolProvider.findFirst("jlink")
                .orElseThrow()
                .run(
                        System.err,
                        System.err,
                        "--add-modules",
                        String.join(",", modules),
                        "--output",
                        runtime.toString(),
                        "--no-header-files",
                        "--no-man-pages");
        if (code != 0) {
            throw new IllegalStateException("jlink could not make a runtime of " + modules);
        }
    }

    private static void addModules(Path jar, Set<String> modules) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class")) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        addModules(in.readAllBytes(), modules);
                    }
                }
            }
        }
    }

    private static void addModules(byte[] bytes, Set<String> modules) {
        for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
            if (entry instanceof ClassEntry used) {
                String name = used.asInternalName();
                int slash = name.lastIndexOf('/');
                String module = slash < 0 ? null : MODULE_OF_PACKAGE.get(name.substring(0, slash));
                if (module != null) {
                    modules.add(module);
                }
            }
        }
    }

    private static Map<String, String> modulesByPackage() {
        Map<String, String> modules = new HashMap<>();
        for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
            module.descriptor().exports().stream()
                    .filter(exported -> !exported.isQualified())
                    .forEach(exported -> modules.put(
                            exported.source().replace('.', '/'),
                            module.descriptor().name()));
        }
        return modules;
    }
}
