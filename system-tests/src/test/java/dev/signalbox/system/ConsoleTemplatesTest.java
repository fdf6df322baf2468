package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates in the console of a whole server: the list, one of them, and what it makes. */
class ConsoleTemplatesTest {
    @TempDir
    private Path folder;

    @Test
    void aTemplateIsFoundReadAndTriedWithVariables() throws Exception {
        try (var server = ServerProcess.start(folder.resolve("data"), List.of()).awaitReady();
                var chromium = Chromium.start(Files.createDirectory(folder.resolve("profile")))) {
            save(server, "{\"name\":\"welcome\",\"body\":\"Hello {{name}}\"}");
            save(
                    server,
                    "{\"name\":\"welcome\",\"channel\":\"email\",\"locale\":\"de\",\"engine\":\"pebble\",\"html\":true,"
                            + "\"subject\":\"Hallo {{ name }}\",\"body\":\"<p>{% if count > 1 %}{{ count }} Briefe{% endif %} {{ name }}</p>\"}");
            BrowserPage page = chromium.open(server.uri("/console/"), 1280, 900);
            page.await("document.activeElement.id === 'token'");
            page.type(server.token());
            page.press("Enter", 13);
            page.await("document.querySelector('top-bar')");
            page.evaluate("void (location.hash = '#/messages')");
            page.await("document.querySelector(`.title a[href='#/templates']`)");
            page.click(".title a[href='#/templates']");
            page.await("document.querySelectorAll('templates-page tbody tr').length === 2");
            page.picture(ConsoleScenario.PICTURES.resolve("templates.png"));

            page.click("templates-page tbody a");
            page.await("document.querySelectorAll('template-page .card').length === 3");
            page.evaluate("void (document.querySelector('template-page select').value = '1')");
            variables(page, "{\"name\": \"<Zoë>\", \"count\": 3}");
            page.await("document.querySelector('[data-made]')?.innerText === '<p>3 Briefe &lt;Zoë&gt;</p>'");
            page.picture(ConsoleScenario.PICTURES.resolve("template.png"));

            variables(page, "{\"name\": \"Zoë\"}");
            page.await("document.querySelector('template-page .problem')?.innerText.includes(\"'count' is missing\")");
            variables(page, "{name}");
            page.await("document.querySelector('template-page .problem')?.innerText.includes('no JSON')");
            assertThat(page.complaints())
                    .as("but for the refused preview")
                    .allMatch(line -> line.contains("status of 4"));
            page.close();
        }
    }

    private static void save(ServerProcess server, String template) throws Exception {
        assertThat(server.post("/api/templates", "application/json", template).statusCode())
                .isEqualTo(201);
    }

    /** Puts them into the form, and asks for a preview. */
    private static void variables(BrowserPage page, String json) {
        page.evaluate("void (document.querySelector('template-page textarea').value = `" + json + "`)");
        page.click("template-page form button");
    }
}
