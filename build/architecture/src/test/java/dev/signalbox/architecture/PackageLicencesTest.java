package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The licences that an archive has of its libraries, by the program that packs it. */
class PackageLicencesTest {
    private static final Path LAUNCHER =
            Path.of("..", "launcher").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @Test
    void aTextIsFromTheJar() throws Exception {
        Path jar =
                library("com.example", "MIT", "META-INF/LICENSE.txt", "META-INF/NOTICE", "META-INF/other/LICENSE.txt");

        Run run = licencesOf(jar);

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(list())
                .contains("some-1.0: MIT: some-1.0/LICENSE.txt, some-1.0/META-INF-other-LICENSE.txt, some-1.0/NOTICE");
        assertThat(written("some-1.0/LICENSE.txt")).hasContent("text of META-INF/LICENSE.txt");
        assertThat(written("some-1.0/META-INF-other-LICENSE.txt")).hasContent("text of META-INF/other/LICENSE.txt");
    }

    @Test
    void aJarWithoutOneHasTheTextThatIsKeptForItsGroup() throws Exception {
        Run run = licencesOf(library("com.microsoft.sqlserver", "MIT License", "META-INF/NOTICE"));

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(list()).contains("some-1.0: MIT License: some-1.0/LICENSE.txt, some-1.0/NOTICE");
        assertThat(written("some-1.0/LICENSE.txt")).content().contains("Microsoft Corporation", "Permission is hereby");
    }

    @Test
    void aTextThatIsTheSameForAllIsThereOnce() throws Exception {
        Run run = licencesOf(
                library("com.example.one", "Apache License, Version 2.0"), library("com.example.two", "Apache-2.0"));

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(list())
                .contains(
                        "some-1.0: Apache License, Version 2.0: Apache-2.0.txt",
                        "some-1.0: Apache-2.0: Apache-2.0.txt");
        assertThat(written("Apache-2.0.txt")).content().contains("TERMS AND CONDITIONS");
    }

    @Test
    void nothingIsPackedIfTextsOrLicencesAreMissingAndEachIsNamed() throws Exception {
        Path noText = library("com.example.one", "MIT", "META-INF/NOTICE", "some/License.class");
        Path noLicence = library("com.example.two", "");

        Run run = licencesOf(noText, noLicence);

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.output())
                .contains(
                        "no text of the licence (MIT) is in " + noText + ": put it, with its copyright, into "
                                + LAUNCHER.resolve("licences").resolve("com.example.one.txt"),
                        "nothing names the licence of " + noLicence);
        assertThat(written("LIBRARIES.txt")).doesNotExist();
    }

    /** As it is in a Maven repository: a jar with files of these names, and its descriptor beside it. */
    private Path library(String group, String licence, String... files) throws IOException {
        Path place = Files.createDirectories(folder.resolve(group).resolve("some/1.0"));
        String licences =
                licence.isEmpty() ? "" : "<licenses><license><name>" + licence + "</name></license></licenses>";
        Files.writeString(
                place.resolve("some-1.0.pom"),
                "<project><groupId>" + group + "</groupId><artifactId>some</artifactId>" + licences + "</project>");
        Path jar = place.resolve("some-1.0.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("some/Thing.class"));
            for (String file : files) {
                zip.putNextEntry(new ZipEntry(file));
                zip.write(("text of " + file).getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private Run licencesOf(Path... jars) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        LAUNCHER.resolve("PackageLicences.java").toString(),
                        folder.resolve("licences").toString(),
                        LAUNCHER.resolve("licences").toString(),
                        Stream.of(jars).map(Path::toString).collect(Collectors.joining(File.pathSeparator)))
                .redirectErrorStream(true)
                .start();
        try (var output = process.inputReader()) {
            String all = output.readAllAsString();
            return new Run(process.waitFor(), all);
        }
    }

    private List<String> list() throws IOException {
        return Files.readAllLines(written("LIBRARIES.txt"));
    }

    private Path written(String name) {
        return folder.resolve("licences").resolve(name);
    }

    private record Run(int exitCode, String output) {}
}
