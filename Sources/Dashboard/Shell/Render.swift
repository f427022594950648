package import Screen

extension State {
    /// Draws the whole screen: a pure function of the state.
    package func render() -> Surface {
        var surface = Surface(size: size, glyphs: settings.glyphs)
        let layout = layout
        HeaderView.draw(self, into: &surface, in: layout.header)
        place.view.draw(self, into: &surface, layout)
        FooterView.draw(self, into: &surface, in: layout.footer)
        OverlayView.draw(self, into: &surface)
        return surface
    }
}
