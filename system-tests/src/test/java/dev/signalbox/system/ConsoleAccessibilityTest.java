package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keyboard, focus, names, contrast, width: for every page. */
class ConsoleAccessibilityTest extends ConsoleScenario {
    private static final List<String> PAGES = List.of(
            "overview",
            "messages",
            "messages?state=DEAD",
            "clients",
            "nodes",
            "topics",
            "topics/news",
            "sessions",
            "sessions/game-7",
            "inboxes",
            "templates",
            "batches",
            "webhooks",
            "settings");

    /** Texts whose contrast with what is behind them is below 4.5, as WCAG 2.2 computes it. */
    private static final String TOO_FAINT = """
            (() => {
                const channels = colour => colour.match(/[\\d.]+/g).map(Number);
                const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
                const behind = e => { for (; e; e = e.parentElement) {
                    const colour = channels(getComputedStyle(e).backgroundColor);
                    if (colour.length === 3 || colour[3] === 1) return colour; } return [255, 255, 255]; };
                const ratio = e => { const [a, b] = [luminance(channels(getComputedStyle(e).color)), luminance(behind(e))]
                    .sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
                return [...document.body.querySelectorAll('*')]
                    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
                    .filter(e => ratio(e) < 4.5)
                    .map(e => e.tagName + '.' + e.className + ' ' + e.innerText.slice(0, 30) + ' ' + ratio(e).toFixed(2))
                    .join(', ');
            })()
            """;

    private void visit(String address) {
        show("#/" + address);
        page.await("location.hash === '#/" + address + "' && document.activeElement?.matches('h1, body, a')"
                + " && document.querySelector('[data-page] h1')"
                + " && !document.querySelector('[data-page]').innerText.includes('Reading…')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void everyTextHasEnoughContrast(String scheme) throws Exception {
        page.prefer(scheme);
        signIn("admin");
        for (String address : PAGES) {
            visit(address);
            assertThat(page.evaluate(TOO_FAINT).stringValue()).as(address).isEmpty();
        }
        showMessage(unknown);
        assertThat(page.evaluate(TOO_FAINT).stringValue()).as("a message").isEmpty();
        page.picture(PICTURES.resolve("message-" + scheme + ".png"));
        page.click("message-page .buttons button");
        page.await("document.querySelector('dialog[open]')");
        assertThat(page.evaluate(TOO_FAINT).stringValue()).as("a dialog").isEmpty();
        page.press("Escape", 27);
        server.vanish();
        page.await("document.querySelector('.banner')");
        assertThat(page.evaluate(TOO_FAINT).stringValue()).as("away").isEmpty();
    }

    @Test
    void aPhoneHasNothingToScrollSidewaysAndSeesTheCountsFirst() throws Exception {
        page.resize(390, 844);
        signIn("admin");
        for (String address : PAGES) {
            visit(address);
            assertThat(page.evaluate("document.documentElement.scrollWidth").intValue())
                    .as(address)
                    .isEqualTo(390);
            page.picture(PICTURES.resolve("phone-" + address.replaceAll("\\W", "-") + ".png"));
        }
        visit("overview");
        assertThat(page.evaluate("document.querySelector('.states').getBoundingClientRect().bottom")
                        .doubleValue())
                .isLessThan(844 / 2.0);
    }

    @Test
    void everyControlHasANameAndEveryReferenceATarget() {
        signIn("admin");
        for (String address : PAGES) {
            visit(address);
            assertThat(page.evaluate("""
                    [...document.querySelectorAll('button, a, input, textarea')].filter(e => !e.textContent.trim()
                        && !e.ariaLabel && !e.labels?.length).map(e => e.outerHTML).join()
                    """).stringValue()).as(address).isEmpty();
            assertThat(page.evaluate("""
                    ['aria-labelledby', 'aria-describedby', 'aria-controls'].flatMap(name =>
                        [...document.querySelectorAll(`[${name}]`)].flatMap(e => e.getAttribute(name).split(' ')))
                        .filter(id => !document.getElementById(id)).join()
                    """).stringValue()).as(address).isEmpty();
        }
    }

    @Test
    void aPageBeginsAtItsHeadingAndEverythingIsReachedByKeyboard() {
        signIn("admin");
        page.evaluate("document.querySelector(`.pages a[href='#/clients']`).focus()");
        page.press("Enter", 13);
        page.await("document.activeElement.innerText === 'Clients'");
        page.evaluate("history.back()");
        page.await("document.activeElement.innerText === 'Overview'");

        page.await("document.querySelector('.messages .row') !== null");
        page.evaluate("document.querySelector('.messages .row').focus()");
        page.press("Enter", 13);
        page.await("document.activeElement.innerText === 'Message'");
        page.press("Tab", 9);
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                        .stringValue())
                .isEqualTo("solid");
    }

    /** Somebody who sees no colours has the shape and the word. */
    @Test
    void statesAreToldApartWithoutColour() {
        signIn("admin");

        assertThat(page.evaluate("""
                new Set([...document.querySelectorAll('[data-state]')].map(e => e.querySelector('svg').innerHTML
                    .replaceAll(/<!--.*?-->/g, ''))).size === 9
                """).booleanValue()).isTrue();
    }

    @Test
    void darknessFollowsTheSystemAndTheToggle() {
        page.prefer("dark");
        signIn("admin");
        assertThat(brightness()).isLessThan(60);

        page.click(".theme");
        page.await("document.documentElement.dataset.theme === 'light'");
        assertThat(brightness()).isGreaterThan(200);
        page.evaluate("localStorage.clear()");
    }

    private int brightness() {
        return page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
                .intValue();
    }
}
