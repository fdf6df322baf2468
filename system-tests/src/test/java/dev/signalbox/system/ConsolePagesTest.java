package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Clients, topics, sessions and settings. */
class ConsolePagesTest extends ConsoleScenario {

    @Test
    void clientsAreShownWithAddressAndTimes() throws Exception {
        signIn("admin");
        show("#/clients");
        page.await("document.querySelectorAll('tbody tr').length === 6");

        assertThat(page.text("[data-page]"))
                .contains("6 clients connected", "alice", "192.0.2.10", "device phone", "none yet", "ago");
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("clients.png"));
    }

    @Test
    void nodesAreShownWithTheirClientsAndWhatIsWrong() throws Exception {
        signIn("admin");
        show("#/clients");
        page.await("document.querySelectorAll('tbody tr').length === 6");
        assertThat(page.text("tbody tr:last-child")).contains("south");
        page.click(".title a");
        page.await("document.querySelectorAll('nodes-page tbody tr').length === 3");

        assertThat(page.text("[data-page]"))
                .contains("3 nodes over redis, 6 clients connected", "Redis does not answer")
                .contains("this node", "takes no new work", "2 s ago", "min ago", "exec · llm");
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("nodes.png"));
    }

    @Test
    void topicsAreListedWithTheirRatesAndFollowedLive() throws Exception {
        for (int i = 1; i <= 12; i++) {
            server.publish("rooms/" + i, "Welcome to room " + i);
        }
        signIn("admin");
        show("#/topics");
        page.await("document.querySelectorAll('topics-page tbody tr').length === 13");
        server.publish("rooms/1", "first");
        page.await("/0\\.\\d\\/s/.test(document.querySelector('topics-page tbody').innerText)");
        page.picture(PICTURES.resolve("topics.png"));

        show("#/topics?name=rooms/1");
        page.await("document.querySelectorAll('topics-page tbody tr').length === 4");
        page.click("topics-page tbody tr:first-child a");
        page.await("location.hash === '#/topics/rooms%2F1'");
        page.await("document.querySelectorAll('.events li').length === 2");
        server.publish("rooms/1", "as it comes");
        page.await("document.querySelectorAll('.events li').length === 3");
        assertThat(page.text(".events li:first-child")).contains("as it comes", "from logic:announcer");
        assertThat(page.text(".facts")).contains("Subscribers", "3 messages", "Last message");
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("topic.png"));
    }

    @Test
    void aTopicThatIsNotFollowedIsReadUpLater() throws Exception {
        signIn("admin");
        show("#/topics/news");
        page.await("document.querySelectorAll('.events li').length === 1");
        page.click(".follow");
        page.await("document.querySelector('.follow').getAttribute('aria-pressed') === 'false'");
        server.publish("news", "meanwhile");
        page.await("document.querySelector('.facts').innerText.includes('2 messages')");
        assertThat(page.evaluate("document.querySelectorAll('.events li').length")
                        .intValue())
                .isEqualTo(1);
        page.click(".follow");
        page.await("document.querySelectorAll('.events li').length === 2");
        page.click(".follow");
        for (int i = 1; i <= 700; i++) {
            server.publish("news", "number " + i);
        }
        page.click(".follow");
        page.await("document.querySelectorAll('.events li').length === 500");
        assertThat(page.text(".events li:first-child")).contains("number 700");
        assertThat(page.text(".events li:last-child")).contains("number 201");
        show("#/topics/nothing");
        page.await("document.querySelector('topic-page .empty').innerText.includes('no such topic')");
    }

    @Test
    void sessionsAreListedPageByPageAndOpened() throws Exception {
        for (int game = 100; game < 160; game++) {
            server.append("games/" + game, "{\"move\":1}");
        }
        server.append("photo\u0416", "1");
        signIn("admin");
        show("#/sessions");
        page.await("document.querySelectorAll('.sessions a').length === 50");
        page.picture(PICTURES.resolve("sessions.png"));
        page.click(".more button");
        page.await("document.querySelectorAll('.sessions a').length === 61");
        assertThat(page.text("[data-page]")).contains("61 shown.").doesNotContain("Show more");
        page.click(".sessions li:first-child a");
        page.await("location.hash === '#/sessions/games%2F100'");
        page.await("document.querySelectorAll('.events li').length === 1");
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void aSessionIsOpenedByNameReadAndFollowed() throws Exception {
        for (int move = 1; move <= 3; move++) {
            server.append("games/7", "{\"move\":" + move + "}");
        }
        signIn("admin");
        show("#/sessions");
        page.click("sessions-page [name=name]");
        page.type("games/7");
        page.press("Enter", 13);

        page.await("document.querySelectorAll('.events li').length === 3");
        page.await("document.querySelector('.pill[role=status]:not(.top *)').innerText === 'Following live'");
        server.append("games/7", "{\"text\":\"photo\u202Egnp\"}");
        page.await("document.querySelector('.events li').innerText.includes('photoU+202Egnp')");
        assertThat(page.text(".events li:last-child")).contains("{\"move\":1}");
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("session.png"));
    }

    @Test
    void whatASessionHasLostIsShownAsAGap() {
        for (int move = 1; move <= 5; move++) {
            server.append("game-8", "{\"move\":" + move + "}");
        }
        signIn("admin");
        show("#/sessions/game-8");
        page.await("document.querySelectorAll('.events li').length === 5");
        page.evaluate("import('./event-stream.js').then(m => { window.EventStream = m.EventStream; })");
        page.evaluate("""
                void (window.gaps = [], window.stream = new EventStream('game-8', 1,
                    {onEvent() {}, onGap: gap => gaps.push(gap), onState() {}, onRefused() {}}))
                """);

        page.await("gaps.length === 1 && gaps[0].expected === 2");
        page.evaluate("stream.close()");
    }

    @Test
    void aSessionIsFollowedAgainAfterTheServerWasAway() {
        server.append("game-9", "{\"move\":1}");
        signIn("admin");
        show("#/sessions/game-9");
        page.await("document.querySelectorAll('.events li').length === 1");
        page.await("document.querySelector('session-page').innerText.includes('Following live')");
        server.append("game-9", "{\"move\":2}");
        page.await("document.querySelectorAll('.events li').length === 2");
        int port = server.uri("/").getPort();
        server.vanish();
        page.await("document.querySelector('session-page').innerText.includes('Connection lost')");
        server.append("game-9", "{\"move\":3}");
        server.returnAt(port);

        page.await("document.querySelector('.events li').innerText.includes('{\"move\":3}')");
        assertThat(page.evaluate("document.querySelectorAll('.events li').length")
                        .intValue())
                .isEqualTo(3);
    }

    @Test
    void anAddressThatNamesNoPageIsToldSo() {
        signIn("admin");
        show("#/nowhere");
        page.await("document.querySelector('h1').innerText === 'No such page'");
    }
}
