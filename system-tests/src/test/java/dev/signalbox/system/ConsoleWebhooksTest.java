package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhook endpoints in the console of a whole server, with a simulated receiver. */
class ConsoleWebhooksTest {
    private static final List<String> SETTINGS =
            List.of("delivery.webhook.allow-ranges=127.0.0.0/8", "delivery.webhook.plain-http=true");

    @TempDir
    private Path folder;

    @Test
    void anEndpointIsMadeTestedRotatedDisabledAndEnabled() throws Exception {
        try (var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults());
                var server =
                        ServerProcess.start(folder.resolve("data"), SETTINGS).awaitReady();
                var chromium = Chromium.start(Files.createDirectory(folder.resolve("profile")))) {
            BrowserPage page = chromium.open(server.uri("/console/"), 1280, 900);
            page.await("document.activeElement.id === 'token'");
            page.type(server.token());
            page.press("Enter", 13);
            page.await("document.querySelector('top-bar')");
            page.evaluate("void (location.hash = '#/webhooks')");
            page.await("document.querySelector('[data-page]').innerText.includes('There is no endpoint yet')");

            page.click("webhooks-page [name=url]");
            page.type(receiver.url("/orders").toString());
            page.click("webhooks-page [name=id]");
            page.type("orders");
            page.press("Enter", 13);
            page.await("document.querySelector('code.secret')?.innerText.startsWith('whsec_')");
            String first = page.text("code.secret");
            page.await("document.querySelectorAll('tbody tr').length === 1");
            page.picture(ConsoleScenario.PICTURES.resolve("webhooks.png"));

            click(page, "Test orders");
            page.await("document.querySelector('.banner')?.innerText.includes('orders: accepted')");
            assertThat(receiver.messages(1).getFirst().body()).contains("signalbox.test");

            click(page, "Rotate… orders");
            page.click("dialog[open] .primary");
            page.await("document.querySelector('code.secret').innerText !== '" + first + "'");
            page.evaluate(
                    "[...document.querySelectorAll('button')].find(b => b.innerText === 'I have kept it').click()");
            page.await("!document.querySelector('code.secret')");

            click(page, "Replay… orders");
            page.await("document.querySelector('.banner')?.innerText.includes('has missed nothing')");

            click(page, "Disable… orders");
            page.click("dialog[open] textarea");
            page.type("moving");
            page.click("dialog[open] .primary");
            page.await("document.querySelector('tbody tr').innerText.includes('moving')");
            click(page, "Enable orders");
            page.await("document.querySelector('tbody tr').innerText.includes('enabled')");
            assertThat(page.complaints()).isEmpty();
            page.close();
        }
    }

    private static void click(BrowserPage page, String label) {
        String button = "document.querySelector(`button[aria-label='" + label + "']`)";
        page.await(button);
        page.evaluate(button + ".click()");
    }
}
