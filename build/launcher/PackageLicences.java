import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The licences of the libraries: a list with the licence of each and the files of its text, and these files. Alone:
 * {@code java PackageLicences.java FOLDER TEXTS CLASSPATH}.
 *
 * <p>A text is from the jar. Of a jar without one, it is from the folder of texts ({@code build/launcher/licences}): one that
 * names the holder of the copyright is there as GROUP.ARTIFACT.txt or GROUP.txt, and one that is the same for all, under the
 * licence's SPDX identifier. A jar whose licence nothing names, or that has no text at all, fails the packaging: MIT, BSD and
 * others ask that their text and the copyright go with each copy.
 */
final class PackageLicences {
    private static final Pattern LICENCE_OR_NOTICE = named("LICEN[SC]E|COPYING|NOTICE");
    private static final Pattern LICENCE = named("LICEN[SC]E|COPYING");

    /** Those that name no holder, by the name of their text: how descriptors write them. */
    private static final Map<String, Pattern> SAME_FOR_ALL = Map.of(
            "Apache-2.0",
            Pattern.compile("(The )?Apache (Software )?License, [Vv]ersion 2\\.0|Apache-2\\.0"),
            "EPL-2.0",
            Pattern.compile("EPL[- ]2\\.0"),
            "LGPL-2.1",
            Pattern.compile("LGPL-2\\.1(-only|-or-later)?"));

    private final Path folder;
    private final Path texts;
    private final List<String> list = new ArrayList<>(List.of(
            "Signalbox is under the Apache License 2.0. It comes with these libraries, and with a Java runtime, whose",
            "licences are in runtime/legal. Each line names a library, its licence, and the files with the text and notices.",
            "The sources of those under the EPL and the LGPL are at Maven Central: the same name with -sources.jar.",
            ""));
    private final List<String> faults = new ArrayList<>();

    private PackageLicences(Path folder, Path texts) {
        this.folder = folder;
        this.texts = texts;
    }

    static void main(String[] arguments) throws IOException {
        write(
                Stream.of(arguments[2].split(File.pathSeparator)).map(Path::of).toList(),
                Path.of(arguments[1]),
                Path.of(arguments[0]));
    }

    /** Throws IllegalStateException that names each jar which lacks a licence or its text. */
    static void write(List<Path> jars, Path texts, Path folder) throws IOException {
        Files.createDirectories(folder);
        var licences = new PackageLicences(folder, texts);
        for (Path jar : jars) {
            if (!jar.getFileName().toString().startsWith("signalbox-")) {
                licences.add(jar, PackagePom.beside(jar));
            }
        }
        if (!licences.faults.isEmpty()) {
            throw new IllegalStateException(String.join("\n", licences.faults));
        }
        Files.write(folder.resolve("LIBRARIES.txt"), licences.list);
    }

    private void add(Path jar, PackagePom pom) throws IOException {
        String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        List<Path> files = copyTexts(jar, folder.resolve(name));
        if (pom.licences().isEmpty()) {
            faults.add("nothing names the licence of " + jar);
        } else if (files.stream().noneMatch(PackageLicences::isLicence)) {
            Optional<Path> kept = copyKept(pom, folder.resolve(name));
            kept.ifPresent(files::add);
            if (kept.isEmpty()) {
                faults.add("no text of the licence (%s) is in %s: put it, with its copyright, into %s"
                        .formatted(String.join(" or ", pom.licences()), jar, texts.resolve(pom.group() + ".txt")));
            }
        }
        String named = String.join(", ", files.stream().map(this::relative).sorted().toList());
        list.add(name + ": " + String.join(" or ", pom.licences()) + ": " + named);
    }

    private String relative(Path file) {
        return folder.relativize(file).toString().replace(File.separatorChar, '/');
    }

    private Optional<Path> copyKept(PackagePom pom, Path own) throws IOException {
        for (String name : List.of(pom.group() + "." + pom.artifact(), pom.group())) {
            Path text = texts.resolve(name + ".txt");
            if (Files.exists(text)) {
                return Optional.of(Files.copy(text, Files.createDirectories(own).resolve("LICENSE.txt")));
            }
        }
        for (String id : SAME_FOR_ALL.keySet().stream().sorted().toList()) {
            if (pom.licences().stream().anyMatch(SAME_FOR_ALL.get(id).asMatchPredicate())) {
                String name = id + ".txt";
                return Optional.of(
                        Files.copy(texts.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING));
            }
        }
        return Optional.empty();
    }

    /** Those of one name in two folders of a jar are kept apart. */
    private static List<Path> copyTexts(Path jar, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                String base = name.substring(name.lastIndexOf('/') + 1);
                if (LICENCE_OR_NOTICE.matcher(base).matches()) {
                    Path text = Files.createDirectories(folder).resolve(base);
                    Path file = Files.exists(text) ? folder.resolve(name.replace('/', '-')) : text;
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                    files.add(file);
                }
            }
        }
        return files;
    }

    private static boolean isLicence(Path file) {
        return LICENCE.matcher(file.getFileName().toString()).matches();
    }

    /** Files such as LICENSE, LICENSE.md and Other-LICENSE.txt, and no classes. */
    private static Pattern named(String words) {
        return Pattern.compile(
                "(.*[-_.])?(" + words + ")([-_.].*)?(?<!\\.class|\\.java|\\.js)", Pattern.CASE_INSENSITIVE);
    }
}
