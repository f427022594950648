package import Screen

extension State {
    /// Draws the whole screen: a pure function of the state.
    package func render() -> Surface {
        var surface = Surface(size: size, glyphs: settings.glyphs)
        let layout = layout
        HeaderView.draw(self, into: &surface, in: layout.header)
        switch place {
        case .overview: OverviewView.draw(self, into: &surface, layout)
        case .threads: ThreadsView.draw(self, into: &surface, layout)
        case .thread(let thread, let process):
            ThreadDetailView(self, thread: thread, process: process)
                .draw(into: &surface, in: layout.rows)
        case .memory: MemoryView.draw(self, into: &surface, layout)
        case .mappings: MappingsView.draw(self, into: &surface, layout)
        case .sockets, .socketGroups: SocketsView.draw(self, into: &surface, layout)
        case .socket(let id): SocketDetailView(self, id).draw(into: &surface, in: layout.rows)
        case .udp: UDPView.draw(self, into: &surface, layout)
        case .losses: LossesView.draw(self, into: &surface, layout)
        case .routes: RoutesView.draw(self, into: &surface, layout)
        case .tool: ToolView.draw(self, into: &surface, layout)
        case .probe: ProbeView.draw(self, into: &surface, layout)
        }
        FooterView.draw(self, into: &surface, in: layout.footer)
        OverlayView.draw(self, into: &surface)
        return surface
    }
}
