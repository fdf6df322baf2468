package dev.signalbox.ha.lease;

/** What leases and owners may be called. */
public final class LeaseNames {
    private static final int LONGEST = 200;

    private LeaseNames() {}

    /**
     * Returns the name.
     *
     * @throws IllegalArgumentException unless it is 1 to 200 visible ASCII characters
     */
    public static String checked(String name) {
        if (name.isEmpty()
                || name.length() > LONGEST
                || !name.chars().allMatch(character -> character >= '!' && character <= '~')) {
            throw new IllegalArgumentException(
                    "lease name or owner \"" + name + "\" is not 1 to 200 visible ASCII characters");
        }
        return name;
    }
}
