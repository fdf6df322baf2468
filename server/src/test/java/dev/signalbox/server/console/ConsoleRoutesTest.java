package dev.signalbox.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.node.RunningControlPlane;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ConsoleRoutesTest {
    @TempDir
    private Path folder;

    private RunningControlPlane server;

    @BeforeEach
    void start() {
        server = new RunningControlPlane(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void thePolicyAdmitsTheImportMapAndNoOtherInlineScript() throws Exception {
        var page = server.get("/console/");

        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256")
                        .digest(importMap(page.body()).getBytes(StandardCharsets.UTF_8)));
        assertThat(policy).contains("script-src 'self' 'sha256-" + hash + "';").doesNotContain("unsafe");
    }

    private static String importMap(String page) {
        Matcher matcher =
                Pattern.compile("(?s)<script type=\"importmap\">(.*?)</script>").matcher(page);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void everyLibraryOfTheImportMapIsServed() throws Exception {
        JsonNode imports = RunningControlPlane.JSON
                .readTree(importMap(server.get("/console/").body()))
                .get("imports");

        for (var library : imports.properties()) {
            String path = library.getValue().stringValue().replaceFirst("^\\./", "/console/");
            if (!path.endsWith("/")) {
                var script = server.get(path);
                assertThat(script.statusCode()).as(path).isEqualTo(200);
                assertThat(script.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
            }
        }
    }

    @Test
    void aFileThatTheBrowserHasIsNotSentAgain() throws Exception {
        String tag = server.get("/console/").headers().firstValue("ETag").orElseThrow();

        var again = server.send(server.request("/console/").header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void theRootLeadsToTheConsole() throws Exception {
        for (String path : new String[] {"/", "/console"}) {
            var redirect = server.get(path);
            assertThat(redirect.statusCode()).isEqualTo(307);
            assertThat(redirect.headers().firstValue("Location")).contains("/console/");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/%2e%2e/rest/openapi.json", "/console/..%2frest/openapi.json", "/console/nothing.js",
                "/console/lib/lit/../../../../dev/x.js", "/console/lib/nothing/x.js", "/console/package-info.class",
                "/console/%00.js", "/console/lib/lit/package.json"
            })
    void nothingElseOfTheClassPathIsServed(String path) throws Exception {
        assertThat(server.get(path).statusCode()).isIn(400, 404);
    }
}
