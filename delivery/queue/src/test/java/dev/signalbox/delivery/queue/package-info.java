/** Tests of the package of the same name. */
@NullMarked
package dev.signalbox.delivery.queue;

import org.jspecify.annotations.NullMarked;
