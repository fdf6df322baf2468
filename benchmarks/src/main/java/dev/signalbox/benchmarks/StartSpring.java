package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A web application of Spring Boot with one route and nothing else, built by Maven: as its guide starts it, and with what our archive
 * has, too: unpacked, with a JVM cache that a run has trained.
 */
final class StartSpring {
    private static final String POM = """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <parent>
                <groupId>org.springframework.boot</groupId>
                <artifactId>spring-boot-starter-parent</artifactId>
                <version>4.1.2</version>
                <relativePath/>
              </parent>
              <groupId>bare</groupId>
              <artifactId>bare</artifactId>
              <version>1</version>
              <properties>
                <java.version>25</java.version>
              </properties>
              <dependencies>
                <dependency>
                  <groupId>org.springframework.boot</groupId>
                  <artifactId>spring-boot-starter-webmvc</artifactId>
                </dependency>
              </dependencies>
              <build>
                <plugins>
                  <plugin>
                    <groupId>org.springframework.boot</groupId>
                    <artifactId>spring-boot-maven-plugin</artifactId>
                  </plugin>
                </plugins>
              </build>
            </project>
            """;
    private static final String SOURCE = """
            package bare;

            import org.springframework.boot.SpringApplication;
            import org.springframework.boot.autoconfigure.SpringBootApplication;
            import org.springframework.web.bind.annotation.GetMapping;
            import org.springframework.web.bind.annotation.RestController;

            @SpringBootApplication
            @RestController
            public class Bare {
                public static void main(String[] arguments) {
                    SpringApplication.run(Bare.class, arguments);
                }

                @GetMapping("/health")
                String health() {
                    return "well";
                }
            }
            """;
    private static final String PORT = "--server.port=PORT";

    private StartSpring() {}

    static List<StartSystem> install(Path folder, Path scratch) throws IOException, InterruptedException {
        Path project = folder.resolve("spring");
        Path jar = project.resolve("target/bare-1.jar");
        if (!Files.exists(jar)) {
            Path sources = Files.createDirectories(project.resolve("src/main/java/bare"));
            Files.writeString(project.resolve("pom.xml"), POM);
            Files.writeString(sources.resolve("Bare.java"), SOURCE);
            StartInstallation.run(
                    project,
                    Map.of("JAVA_HOME", System.getProperty("java.home")),
                    List.of("mvn", "-B", "-q", "package"));
        }
        return List.of(
                started("spring boot", List.of(Java.executable(), "-jar", jar.toString(), PORT)),
                trained(jar, scratch.resolve("spring")));
    }

    private static StartSystem trained(Path jar, Path folder) throws IOException, InterruptedException {
        String java = Java.executable();
        Path application = folder.resolve("application");
        StartInstallation.run(
                folder,
                Map.of(),
                List.of(
                        java,
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        application.toString()));
        String unpacked = application.resolve(jar.getFileName()).toString();
        String cache = folder.resolve("bare.aot").toString();
        StartInstallation.run(
                folder,
                Map.of(),
                List.of(
                        java,
                        "-XX:AOTCacheOutput=" + cache,
                        "-Dspring.context.exit=onRefresh",
                        "-jar",
                        unpacked,
                        "--server.port=0"));
        return started("spring boot, prepared", List.of(java, "-XX:AOTCache=" + cache, "-jar", unpacked, PORT));
    }

    private static StartSystem started(String name, List<String> command) {
        return new StartSystem(name, command, Map.of(), "/health");
    }
}
