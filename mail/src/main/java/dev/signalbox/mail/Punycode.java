package dev.signalbox.mail;

import java.util.Arrays;

/** Writes a label in ASCII letters and digits: RFC 3492, with the parameters of its section 5. */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_N = 128;

    private final StringBuilder out = new StringBuilder();
    private int bias = INITIAL_BIAS;

    private Punycode() {}

    static String encode(String label) {
        return new Punycode().write(label.codePoints().toArray());
    }

    private String write(int[] points) {
        Arrays.stream(points).filter(c -> c < INITIAL_N).forEach(out::appendCodePoint);
        int basic = out.length();
        int handled = basic;
        if (basic > 0) {
            out.append('-');
        }
        int n = INITIAL_N;
        int delta = 0;
        while (handled < points.length) {
            int reached = n;
            int next = Arrays.stream(points).filter(c -> c >= reached).min().orElseThrow();
            delta += (next - n) * (handled + 1);
            n = next;
            for (int c : points) {
                if (c < n) {
                    delta++;
                } else if (c == n) {
                    writeNumber(delta);
                    bias = adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
            n++;
        }
        return out.toString();
    }

    private void writeNumber(int value) {
        int q = value;
        for (int k = BASE; ; k += BASE) {
            int t = Math.clamp(k - bias, T_MIN, T_MAX);
            if (q < t) {
                out.append(digit(q));
                return;
            }
            out.append(digit(t + (q - t) % (BASE - t)));
            q = (q - t) / (BASE - t);
        }
    }

    private static char digit(int d) {
        return (char) (d < 26 ? 'a' + d : '0' + d - 26);
    }

    private static int adapt(int delta, int points, boolean first) {
        int d = first ? delta / DAMP : delta / 2;
        d += d / points;
        int k = 0;
        while (d > (BASE - T_MIN) * T_MAX / 2) {
            d /= BASE - T_MIN;
            k += BASE;
        }
        return k + (BASE - T_MIN + 1) * d / (d + SKEW);
    }
}
