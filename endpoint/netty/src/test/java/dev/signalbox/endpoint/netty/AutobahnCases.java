package dev.signalbox.endpoint.netty;

import static dev.signalbox.endpoint.netty.AutobahnCase.bytes;
import static dev.signalbox.endpoint.netty.AutobahnCase.hex;
import static dev.signalbox.endpoint.netty.AutobahnCase.named;
import static dev.signalbox.endpoint.netty.RawClient.CLOSE;
import static dev.signalbox.endpoint.netty.RawClient.CONTINUATION;
import static dev.signalbox.endpoint.netty.RawClient.FIN;
import static dev.signalbox.endpoint.netty.RawClient.PING;
import static dev.signalbox.endpoint.netty.RawClient.PONG;
import static dev.signalbox.endpoint.netty.RawClient.TEXT;

import dev.signalbox.testing.services.Effort;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The published cases of the Autobahn suite, by their numbers there. Sizes of a megabyte and more are for the long form. */
final class AutobahnCases {
    private static final String GREEK = "κόσμε";
    private static final String FINE = "Hello-µ@ßöäüàá-UTF-8!!";
    private static final byte[] NONE = {};
    private static final int PROTOCOL_ERROR = 1002;
    private static final int INVALID = 1007;

    private AutobahnCases() {}

    static Stream<AutobahnCase> framing() {
        List<AutobahnCase> all = new ArrayList<>();
        int[] lengths = {0, 125, 126, 127, 128, 65_535, 65_536, 65_536};
        for (int i = 0; i < lengths.length; i++) {
            int chop = i == lengths.length - 1 ? 997 : 0;
            all.add(named("1.1." + (i + 1)).text("*".repeat(lengths[i])).chopped(chop));
            all.add(named("1.2." + (i + 1)).binary(lengths[i]).chopped(chop));
        }
        return all.stream();
    }

    static Stream<AutobahnCase> pings() {
        byte[] full = new byte[125];
        AutobahnCase ten = IntStream.range(0, 10)
                .boxed()
                .reduce(named("2.10"), (sent, i) -> sent.ping(bytes("payload-" + i)), (one, other) -> other);
        return Stream.of(
                named("2.1").ping(NONE),
                named("2.2").ping(bytes("Hello, world!")),
                named("2.3").ping(hex("00fffefdfcfb00ff")),
                named("2.4").ping(full),
                named("2.5").frame(FIN | PING, new byte[126]).closes(PROTOCOL_ERROR),
                named("2.6").ping(full).chopped(1),
                named("2.7").pongUnasked(""),
                named("2.8").pongUnasked("unsolicited pong payload"),
                named("2.9").pongUnasked("unsolicited pong payload").ping(bytes("ping payload")),
                ten,
                new AutobahnCase("2.11", ten.frames(), 1, ten.events(), 0));
    }

    static Stream<AutobahnCase> reservedBits() {
        String hello = "Hello, world!";
        return Stream.of(
                named("3.1").frame(0x10 | FIN | TEXT, hello).closes(PROTOCOL_ERROR),
                named("3.2")
                        .text(hello)
                        .frame(0x20 | FIN | TEXT, hello)
                        .ping(NONE)
                        .closes(PROTOCOL_ERROR),
                named("3.3").text(hello).frame(0x30 | FIN | TEXT, hello).closes(PROTOCOL_ERROR),
                named("3.4")
                        .text(hello)
                        .frame(0x40 | FIN | TEXT, hello)
                        .closes(PROTOCOL_ERROR)
                        .chopped(1),
                named("3.5").frame(0x50 | FIN | RawClient.BINARY, hello).closes(PROTOCOL_ERROR),
                named("3.6").frame(0x60 | FIN | PING, hello).closes(PROTOCOL_ERROR),
                named("3.7").frame(0x70 | FIN | CLOSE, NONE).closes(PROTOCOL_ERROR));
    }

    static Stream<AutobahnCase> opcodes() {
        List<AutobahnCase> all = new ArrayList<>();
        for (int control = 0; control <= 8; control += 8) {
            String group = control == 0 ? "4.1." : "4.2.";
            for (int i = 0; i < 5; i++) {
                AutobahnCase sent = named(group + (i + 1));
                all.add((i < 2 ? sent : sent.text("Hello, world!"))
                        .frame(FIN | control + 3 + i, i % 2 == 0 ? "" : "reserved opcode payload")
                        .frame(FIN | PING, NONE)
                        .closes(PROTOCOL_ERROR)
                        .chopped(i == 4 ? 1 : 0));
            }
        }
        return all.stream();
    }

    static Stream<AutobahnCase> fragmentation() {
        byte[] one = bytes("fragment1");
        byte[] two = bytes("fragment2");
        String both = "fragment1fragment2";
        byte[] ping = bytes("ping payload");
        AutobahnCase whole = named("").textFragments(one, two).echoes(both);
        AutobahnCase pinged = named("")
                .fragment(one, true, false)
                .ping(ping)
                .fragment(two, false, true)
                .echoes(both);
        AutobahnCase lost =
                named("").frame(FIN | CONTINUATION, "non-continuation payload").text("Hello, world!");
        AutobahnCase open =
                named("").frame(CONTINUATION, "non-continuation payload").text("Hello, world!");
        AutobahnCase long5 = named("")
                .fragment(one, true, false)
                .fragment(two, false, false)
                .ping(bytes("pongme 1!"))
                .fragment(bytes("3"), false, false)
                .fragment(bytes("4"), false, false)
                .ping(bytes("pongme 2!"))
                .fragment(bytes("5"), false, true)
                .echoes(both + "345");
        return Stream.of(
                named("5.1")
                        .frame(PING, "fragment1")
                        .frame(FIN | CONTINUATION, "fragment2")
                        .closes(PROTOCOL_ERROR),
                named("5.2")
                        .frame(PONG, "fragment1")
                        .frame(FIN | CONTINUATION, "fragment2")
                        .closes(PROTOCOL_ERROR),
                renamed("5.3", whole, 0),
                renamed("5.4", whole, 10),
                renamed("5.5", whole, 1),
                renamed("5.6", pinged, 0),
                renamed("5.7", pinged, 10),
                renamed("5.8", pinged, 1),
                fails("5.9", lost, 0),
                fails("5.10", lost, 10),
                fails("5.11", lost, 1),
                fails("5.12", open, 0),
                fails("5.13", open, 10),
                fails("5.14", open, 1),
                renamed("5.15", whole, 0)
                        .frame(CONTINUATION, "fragment3")
                        .frame(FIN | TEXT, "fragment4")
                        .closes(PROTOCOL_ERROR),
                named("5.16")
                        .frame(CONTINUATION, "fragment1")
                        .frame(FIN | TEXT, "fragment2")
                        .closes(PROTOCOL_ERROR),
                named("5.17")
                        .frame(FIN | CONTINUATION, "fragment1")
                        .frame(FIN | TEXT, "fragment2")
                        .closes(PROTOCOL_ERROR),
                named("5.18")
                        .frame(TEXT, "fragment1")
                        .frame(FIN | TEXT, "fragment2")
                        .closes(PROTOCOL_ERROR),
                renamed("5.19", long5, 0),
                renamed("5.20", long5, 1));
    }

    private static AutobahnCase renamed(String name, AutobahnCase like, int chop) {
        return new AutobahnCase(name, like.frames(), chop, like.events(), like.close());
    }

    private static AutobahnCase fails(String name, AutobahnCase like, int chop) {
        return new AutobahnCase(name, like.frames(), chop, List.of(), PROTOCOL_ERROR);
    }

    static Stream<AutobahnCase> utf8() {
        byte[] fine = bytes(FINE);
        byte[] greek = bytes(GREEK);
        byte[] bad = hex("cebae1bdb9cf83cebcceb5eda080656469746564");
        return Stream.of(
                        Stream.of(
                                named("6.1.1").text(""),
                                named("6.1.2").textFragments(NONE, NONE, NONE).echoes(""),
                                named("6.1.3")
                                        .textFragments(NONE, bytes("middle frame payload"), NONE)
                                        .echoes("middle frame payload"),
                                named("6.2.1").text(FINE),
                                named("6.2.2")
                                        .textFragments(bytes("Hello-µ@ßöä"), bytes("üàá-UTF-8!!"))
                                        .echoes(FINE),
                                named("6.2.3").octets(fine).echoes(FINE),
                                named("6.2.4").octets(greek).echoes(GREEK),
                                named("6.3.1").textFragments(bad).closes(INVALID),
                                named("6.3.2").octets(bad).closes(INVALID)),
                        failsFast(),
                        sequences("6.5", true, "cebae1bdb9cf83cebcceb5", "cf80", "e28882", "f09f9880", "ceb1ceb2ceb3"),
                        prefixes(greek),
                        sequences("6.7", true, "00", "c280", "e0a080", "f0908080"),
                        sequences("6.8", false, "f888808080", "fc8480808080"),
                        sequences("6.9", true, "7f", "dfbf", "efbfbf", "f48fbfbf"),
                        sequences("6.10", false, "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"),
                        sequences("6.11", true, "ed9fbf", "ee8080", "efbfbd", "f48fbfbf"),
                        sequences("6.11x", false, "f4908080"),
                        sequences(
                                "6.12",
                                false,
                                "80",
                                "bf",
                                "80bf",
                                "80bf80",
                                "80bf80bf",
                                "80bf80bf80",
                                "80bf80bf80bf",
                                continuations()),
                        sequences(
                                "6.13",
                                false,
                                lonely(0xC0, 32),
                                lonely(0xE0, 16),
                                lonely(0xF0, 8),
                                "f820f920fa20fb20",
                                "fc20fd20"),
                        sequences(
                                "6.14",
                                false,
                                "c0",
                                "e080",
                                "f08080",
                                "f8808080",
                                "fc80808080",
                                "df",
                                "efbf",
                                "f7bfbf",
                                "fbbfbfbf",
                                "fdbfbfbfbf"),
                        sequences("6.15", false, "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"),
                        sequences("6.16", false, "fe", "ff", "fefeffff"),
                        sequences("6.17", false, "c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"),
                        sequences("6.18", false, "c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"),
                        sequences("6.19", false, "c080", "e08080", "f0808080", "f880808080", "fc8080808080"),
                        sequences("6.20", false, "eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"),
                        sequences(
                                "6.21",
                                false,
                                "eda080edb080",
                                "eda080edbfbf",
                                "edadbfedb080",
                                "edadbfedbfbf",
                                "edae80edb080",
                                "edae80edbfbf",
                                "edafbfedb080",
                                "edafbfedbfbf"),
                        noncharacters(),
                        sequences("6.23", true, "efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"))
                .flatMap(cases -> cases);
    }

    /** What is wrong is told as soon as it has come: what would follow is never sent. */
    private static Stream<AutobahnCase> failsFast() {
        byte[] greek = bytes(GREEK);
        byte[] unfinished =
                RawClient.frame(FIN | TEXT, hex("7b22" + "cebae1bdb9cf83cebcceb5" + "f4908080" + "656469746564"));
        return Stream.of(
                named("6.4.1")
                        .fragment(greek, true, false)
                        .fragment(hex("f4908080"), false, false)
                        .closes(INVALID),
                named("6.4.2")
                        .fragment(hex("cebae1bdb9cf83cebcceb5f4"), true, false)
                        .fragment(hex("90"), false, false)
                        .closes(INVALID),
                // Of one frame, up to the first wrong octet.
                named("6.4.3").raw(Arrays.copyOf(unfinished, 6 + 2 + 11 + 4)).closes(INVALID),
                named("6.4.4").raw(Arrays.copyOf(unfinished, 6 + 2 + 11 + 2)).closes(INVALID));
    }

    /** Each beginning of a text is valid if it ends with a character. */
    private static Stream<AutobahnCase> prefixes(byte[] text) {
        return IntStream.rangeClosed(1, text.length).mapToObj(end -> {
            byte[] prefix = Arrays.copyOf(text, end);
            String decoded = new String(prefix, StandardCharsets.UTF_8);
            AutobahnCase sent = named("6.6." + end).textFragments(prefix);
            return decoded.indexOf('\uFFFD') < 0 ? sent.echoes(decoded) : sent.closes(INVALID);
        });
    }

    private static Stream<AutobahnCase> sequences(String group, boolean valid, String... sequences) {
        return IntStream.range(0, sequences.length).mapToObj(i -> {
            byte[] sequence = hex(sequences[i]);
            String text = new String(sequence, StandardCharsets.UTF_8);
            AutobahnCase sent = named(group + "." + (i + 1));
            return valid
                    ? sent.textFragments(AutobahnCase.json(text)).echoes(text)
                    : sent.textFragments(sequence).closes(INVALID);
        });
    }

    private static String continuations() {
        StringBuilder hex = new StringBuilder();
        IntStream.rangeClosed(0x80, 0xBF)
                .forEach(each -> hex.append(HexFormat.of().toHexDigits((byte) each)));
        return hex.toString();
    }

    private static String lonely(int from, int count) {
        StringBuilder hex = new StringBuilder();
        IntStream.range(from, from + count)
                .forEach(each ->
                        hex.append(HexFormat.of().toHexDigits((byte) each)).append("20"));
        return hex.toString();
    }

    private static Stream<AutobahnCase> noncharacters() {
        List<AutobahnCase> all = new ArrayList<>();
        for (int plane = 0; plane <= 16; plane++) {
            for (int last = 0xFFFE; last <= 0xFFFF; last++) {
                all.add(named("6.22." + (all.size() + 1)).text(Character.toString(plane << 16 | last)));
            }
        }
        return all.stream();
    }

    static Stream<AutobahnCase> closing() {
        byte[] goodbye = RawClient.close(1000, "");
        String large = "x".repeat(256 << 10);
        Stream<AutobahnCase> order = Stream.of(
                named("7.1.1").text("Hello World!").raw(goodbye).closes(1000),
                named("7.1.2").raw(goodbye).raw(goodbye).closes(1000),
                named("7.1.3").raw(goodbye).frame(FIN | PING, NONE).closes(1000),
                named("7.1.4").raw(goodbye).textFragments(bytes("after")).closes(1000),
                named("7.1.5")
                        .fragment(bytes("fragment1"), true, false)
                        .raw(goodbye)
                        .fragment(bytes("fragment2"), false, true)
                        .closes(1000),
                named("7.1.6").text(large).raw(goodbye).frame(FIN | PING, NONE).closes(1000),
                named("7.3.1").frame(FIN | CLOSE, NONE).closes(1005),
                named("7.3.2").frame(FIN | CLOSE, "a").closes(PROTOCOL_ERROR),
                named("7.3.3").raw(goodbye).closes(1000),
                named("7.3.4").raw(RawClient.close(1000, "Hello World!")).closes(1000),
                named("7.3.5").raw(RawClient.close(1000, "*".repeat(123))).closes(1000),
                named("7.3.6").raw(RawClient.close(1000, "*".repeat(124))).closes(PROTOCOL_ERROR),
                named("7.5.1")
                        .frame(FIN | CLOSE, hex("03e8cebae1bdb9cf83cebcceb5eda080656469746564"))
                        .closes(INVALID));
        int[] valid = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999};
        int[] invalid = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535};
        return Stream.of(
                        order,
                        IntStream.of(valid)
                                .mapToObj(code -> named("7.7 " + code)
                                        .raw(RawClient.close(code, ""))
                                        .closes(code)),
                        IntStream.of(invalid)
                                .mapToObj(code -> named("7.9 " + code)
                                        .raw(RawClient.close(code, ""))
                                        .closes(PROTOCOL_ERROR)))
                .flatMap(cases -> cases);
    }

    static Stream<AutobahnCase> limits() {
        List<AutobahnCase> all = new ArrayList<>();
        int[] lengths = {64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20};
        for (int i = 0; i < Effort.of(2, lengths.length); i++) {
            all.add(named("9.1." + (i + 1)).text("*".repeat(lengths[i])));
            all.add(named("9.2." + (i + 1)).binary(lengths[i]));
        }
        int whole = Effort.of(1 << 20, 4 << 20);
        for (int i = 0; i < 9; i++) {
            int size = 64 << (2 * i);
            all.add(named("9.3." + (i + 1))
                    .inFragments(true, bytes("*".repeat(whole)), size)
                    .echoes("*".repeat(whole)));
            all.add(named("9.4." + (i + 1))
                    .inFragments(false, new byte[whole], size)
                    .echoes(new byte[whole]));
        }
        for (int i = 0; i < 6; i++) {
            int chop = 64 << i;
            all.add(named("9.5." + (i + 1))
                    .text("*".repeat(Effort.of(64 << 10, 1 << 20)))
                    .chopped(chop));
            all.add(named("9.6." + (i + 1)).binary(Effort.of(64 << 10, 1 << 20)).chopped(chop));
        }
        all.add(named("10.1.1")
                .inFragments(true, bytes("*".repeat(65_536)), 1_300)
                .echoes("*".repeat(65_536)));
        return all.stream();
    }
}
