package dev.signalbox.server.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Requests over which two HTTP parsers may disagree, each with a second request hidden behind it. A server passes if it
 * refuses the first with one of the statuses, closes the connection, and never executes the second. Of no server in
 * particular, so that it can be held against any HTTP/1.1 port.
 */
public final class SmugglingCorpus {
    private SmugglingCorpus() {}

    /**
     * One case.
     *
     * @param bytes everything that is sent, in ISO 8859-1
     * @param statuses what the server may answer to the first request; empty text for closing without an answer
     */
    public record Case(String name, String bytes, Set<String> statuses) {
        private Case answered(String... wanted) {
            return new Case(name, bytes, Set.of(wanted));
        }

        private Case followedBy(String hidden) {
            return new Case(name, bytes + hidden, statuses);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * All cases.
     *
     * @param post the target of a POST that takes a JSON body and reads it to its end
     * @param headers further header lines of it, each with its line end, such as a token
     * @param hidden a whole request that must not be executed
     */
    public static List<Case> cases(String post, String headers, String hidden) {
        String head = "POST " + post + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + headers;
        String get = "GET " + post + " HTTP/1.1\r\nHost: a\r\n" + headers;
        String chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
        var cases = new ArrayList<Case>();
        Stream.of(
                        of(
                                "length and chunked",
                                head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        of(
                                "chunked and length",
                                head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
                        of("two lengths", head + "Content-Length: 2\r\nContent-Length: 200\r\n\r\n{}"),
                        of("two equal lengths", head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
                        of("a list of equal lengths", head + "Content-Length: 2, 2\r\n\r\n{}"),
                        of("a list of lengths", head + "Content-Length: 2,200\r\n\r\n{}"),
                        of("a negative length", head + "Content-Length: -1\r\n\r\n"),
                        of("a length with a sign", head + "Content-Length: +2\r\n\r\n{}"),
                        of("a hexadecimal length", head + "Content-Length: 0x2\r\n\r\n{}"),
                        of("a length with a fraction", head + "Content-Length: 2.0\r\n\r\n{}"),
                        of("a length with words", head + "Content-Length: 2 bytes\r\n\r\n{}"),
                        of("an empty length", head + "Content-Length:\r\n\r\n"),
                        of("a length beyond 64 bits", head + "Content-Length: 18446744073709551618\r\n\r\n{}"),
                        of("a length beyond 63 bits", head + "Content-Length: 9223372036854775808\r\n\r\n{}"),
                        of("a length with a vertical tab", head + "Content-Length: \u000b2\r\n\r\n{}"),
                        of("obs-fold", get + "X-A: b\r\n c\r\n\r\n"),
                        of("obs-fold with a tab", get + "X-A: b\r\n\tc\r\n\r\n"),
                        of("obs-fold of a length", head + "Content-Length:\r\n 2\r\n\r\n{}"),
                        of("obs-fold first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
                        of("a space before the colon", head + "Content-Length : 2\r\n\r\n{}"),
                        of("a tab before the colon", head + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"),
                        of("no colon", get + "X-A\r\n\r\n"),
                        of("an empty name", get + ": b\r\n\r\n"),
                        of("a space in a name", get + "X A: b\r\n\r\n"),
                        of("a bare CR in a value", get + "X-A: b\rX-B: c\r\n\r\n"),
                        of("a bare CR ends a line", get + "X-A: b\rTransfer-Encoding: chunked\r\n\r\n"),
                        of("a bare LF ends a line", get + "X-A: b\nX-B: c\r\n\r\n"),
                        of("bare LFs end the head", "GET / HTTP/1.1\nHost: a\n\n"),
                        of("a bare LF ends the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
                        of("NUL in a value", get + "X-A: b\u0000c\r\n\r\n"),
                        of("NUL in a name", get + "X-\u0000A: c\r\n\r\n"),
                        of("a control character in a value", get + "X-A: b\u0001c\r\n\r\n"),
                        of("NUL in the path", "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("DEL in a name", get + "X-\u007fA: c\r\n\r\n"),
                        of("a high byte in a name", get + "X-\u00e4: c\r\n\r\n"),
                        of("garbage as a chunk size", chunked + "zz\r\n{}\r\n0\r\n\r\n"),
                        of("an empty chunk size", chunked + "\r\n{}\r\n0\r\n\r\n"),
                        of("a chunk size with 0x", chunked + "0x2\r\n{}\r\n0\r\n\r\n"),
                        of("a chunk size with a sign", chunked + "+2\r\n{}\r\n0\r\n\r\n"),
                        of("a negative chunk size", chunked + "-2\r\n{}\r\n0\r\n\r\n"),
                        of("a chunk size beyond 64 bits", chunked + "10000000000000002\r\n{}\r\n0\r\n\r\n"),
                        of("a space before a chunk size", chunked + " 2\r\n{}\r\n0\r\n\r\n"),
                        of("an underscore in a chunk size", chunked + "0_2\r\n{}\r\n0\r\n\r\n"),
                        of("a chunk size ends with LF", chunked + "2\n{}\r\n0\r\n\r\n"),
                        of("a chunk size ends with CR", chunked + "2\r{}\r\n0\r\n\r\n"),
                        of("a chunk extension ends with LF", chunked + "2;a\n{}\r\n0\r\n\r\n"),
                        of("a chunk extension holds CR", chunked + "2;a\rb\r\n{}\r\n0\r\n\r\n"),
                        of("chunk data ends with LF", chunked + "2\r\n{}\n0\r\n\r\n"),
                        of("chunk data is longer than its size", chunked + "2\r\n{}xx\r\n0\r\n\r\n"),
                        of("a trailer with obs-fold", chunked + "2\r\n{}\r\n0\r\nX-A: b\r\n c\r\n\r\n"),
                        of("a trailer with a space before the colon", chunked + "2\r\n{}\r\n0\r\nX-A : b\r\n\r\n"),
                        of("no host", "GET / HTTP/1.1\r\n\r\n"),
                        of("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
                        of("two equal hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
                        of("a host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                        of("a host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
                        of("a host with user information", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
                        of("a host with a wrong port", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"),
                        of("a list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
                        of("another host in the target", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("a fragment in the target", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("wrong percent-encoding", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("cut percent-encoding", "GET /a%2 HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("two dots", "GET /console/../api/messages HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("two encoded dots", "GET /console/%2e%2e/api HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("a method in parentheses", "(GET) / HTTP/1.1\r\nHost: a\r\n\r\n"),
                        of("a tab after the method", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"))
                .map(first -> first.followedBy(hidden))
                .forEach(cases::add);
        Stream.of(
                        of("an unknown transfer encoding", head + "Transfer-Encoding: cow\r\n\r\n{}"),
                        of("gzip, chunked", head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                        of("chunked, identity", head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
                        of("chunked twice", head + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                        of(
                                "chunked in two headers",
                                head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        of("identity", head + "Transfer-Encoding: identity\r\n\r\n{}"),
                        of("xchunked", head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                        of("chunked in quotes", head + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
                        of("chunked with a parameter", head + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"),
                        of("an empty transfer encoding", head + "Transfer-Encoding:\r\n\r\n{}"),
                        of(
                                "chunked in HTTP/1.0",
                                (head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").replace("1.1", "1.0")))
                .map(first -> first.answered("400", "501").followedBy(hidden))
                .forEach(cases::add);
        cases.add(of("a chunk size beyond 32 bits", chunked + "100000002\r\n{}\r\n0\r\n\r\n")
                .answered("400", "408", "413")
                .followedBy(hidden));
        cases.add(of("HTTP/0.9", "GET /\r\n").answered("400", "505", "").followedBy(hidden));
        cases.add(of("HTTP/1.2 with junk", "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n")
                .answered("400", "505")
                .followedBy(hidden));
        cases.add(of("a version without digits", "GET / HTTP/x.y\r\nHost: a\r\n\r\n")
                .answered("400", "505")
                .followedBy(hidden));
        cases.add(of("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n")
                .answered("400", "505", "426")
                .followedBy(hidden));
        cases.add(of("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                .answered("400", "505", "426", "")
                .followedBy(hidden));
        cases.add(of("a head that is too long", get + ("X-A: " + "b".repeat(1000) + "\r\n").repeat(17) + "\r\n")
                .answered("431")
                .followedBy(hidden));
        cases.add(of("one header that is too long", get + "X-A: " + "b".repeat(17_000) + "\r\n\r\n")
                .answered("431")
                .followedBy(hidden));
        cases.add(of("a target that is too long", "GET /" + "b".repeat(17_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")
                .answered("414")
                .followedBy(hidden));
        cases.add(of("another expectation", head + "Expect: a-pony\r\nContent-Length: 2\r\n\r\n{}")
                .answered("417")
                .followedBy(hidden));
        return List.copyOf(cases);
    }

    private static Case of(String name, String bytes) {
        return new Case(name, bytes, Set.of("400"));
    }
}
