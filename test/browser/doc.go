// Package browser opens the project's pages in a real browser: Chromium without a window, driven over its debugging protocol.
//
// Tests call [Open], which skips them where there is no Chromium on PATH (or in the environment variable CHROMIUM). Where
// node_modules has axe-core (npm install in this folder), [Page.Axe] asks it for what people with a screen reader or a keyboard would stumble
// over; elsewhere it says that it is skipped. With SCREENSHOTS set to a folder, [Page.Screenshot] writes pictures there.
//
// It is a module of its own, so that what only tests need is not among the dependencies of the product.
package browser
