@NullMarked
package dev.signalbox.delivery.attachments;

import org.jspecify.annotations.NullMarked;
