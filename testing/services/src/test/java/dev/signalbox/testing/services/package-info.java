/** Tests of the package of the same name. */
@NullMarked
package dev.signalbox.testing.services;

import org.jspecify.annotations.NullMarked;
