/** Which certificates a client trusts. Uses nothing but the JDK. */
@NullMarked
package dev.signalbox.tls;

import org.jspecify.annotations.NullMarked;
