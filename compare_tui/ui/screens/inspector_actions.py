"""From a pane to the inspector of what it shows."""

from compare_tui.ui.screens.compare_view import CompareView


class InspectorActions(CompareView):
    """Of the pane with the focus."""

    def action_inspect(self) -> None:
        pane = self.chosen()
        if pane is None or pane.column is None or pane.take is None:
            self.notify("There is no answer in this pane yet.")
            return
        from compare_tui.ui.screens.inspector import InspectorScreen

        take, takes = pane.take, pane.column.takes
        _, round_, *_ = take.id.split(".")
        which = f" · take {takes.index(take) + 1} of {len(takes)}" if take in takes and len(takes) > 1 else ""
        self.app.push_screen(InspectorScreen(take, pane.column.label, f"round {round_}{which}"))
