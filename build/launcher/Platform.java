import java.util.List;
import java.util.Locale;

/**
 * A system and a processor, in the words of the archives' names; native libraries are named in several other ways.
 *
 * @param os linux, macos or windows
 * @param arch x64 or arm64
 */
record Platform(String os, String arch) {
    private static final List<String> SYSTEMS = List.of("linux", "osx", "windows");
    private static final List<String> PROCESSORS = List.of("x86_64", "aarch_64");

    static Platform current() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch");
        return new Platform(
                system.startsWith("mac") ? "macos" : system.startsWith("windows") ? "windows" : "linux",
                processor.equals("amd64") || processor.equals("x86_64") ? "x64" : "arm64");
    }

    /** Whether a jar with the native libraries of one platform, as Maven's classifiers name them, is for another one. */
    boolean isOfAnother(String jar) {
        return SYSTEMS.stream()
                .flatMap(system -> PROCESSORS.stream().map(processor -> "-" + system + "-" + processor + ".jar"))
                .anyMatch(classifier -> jar.endsWith(classifier) && !classifier.equals(own()));
    }

    private String own() {
        return "-" + (os.equals("macos") ? "osx" : os) + "-" + (arch.equals("x64") ? "x86_64" : "aarch_64") + ".jar";
    }

    /** Where SQLite's driver has its library for this platform. */
    String sqliteFolder() {
        String system =
                switch (os) {
                    case "macos" -> "Mac";
                    case "windows" -> "Windows";
                    default -> "Linux";
                };
        return "org/sqlite/native/" + system + "/" + (arch.equals("x64") ? "x86_64" : "aarch64") + "/";
    }

    @Override
    public String toString() {
        return os + "-" + arch;
    }
}
