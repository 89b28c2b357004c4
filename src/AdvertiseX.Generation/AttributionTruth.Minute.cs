namespace AdvertiseX.Generation;

internal sealed partial class AttributionTruth
{
    // What was accepted in the running minute.
    private readonly List<Impression> _newViews = [];
    private readonly List<(ActionFact Fact, Touch Cause)> _newActions = [];

    /// <summary>Adds an accepted impression of the running minute.</summary>
    public void AddImpression(in ImpressionFact fact, in Touch view)
    {
        _haste.Count(fact.User, TouchKind.View);
        _newViews.Add(new Impression(view, fact.User, fact.CostMicros));
    }

    /// <summary>Adds an accepted click of the running minute.</summary>
    /// <param name="fact">The click.</param>
    /// <param name="cause">The impression whose id it carries, if it carries a known one.</param>
    /// <returns>The click as a touch, judged by its row alone.</returns>
    public Touch AddClick(in ActionFact fact, in Touch cause)
    {
        _haste.Count(fact.User, TouchKind.Click);
        _newActions.Add((fact, cause));
        return new Touch(TouchKind.Click, fact.Id, fact.TimeMicros, fact.Campaign, true, fact.InvalidByRow);
    }

    /// <summary>Adds an accepted conversion of the running minute.</summary>
    /// <param name="fact">The conversion.</param>
    /// <param name="carried">The touch whose id it carries; not accepted where it carries none.</param>
    public void AddConversion(in ActionFact fact, in Touch carried) => _newActions.Add((fact, carried));

    /// <summary>A minute of UTC is over: judges its events in the order of time, at one instant views first, then
    /// clicks, by id.</summary>
    public void EndMinute()
    {
        _newViews.Sort(static (a, b) => InOrder(a.View.TimeMicros, b.View.TimeMicros, 0, 0, a.View.Id, b.View.Id));
        _newActions.Sort(
            static (a, b) =>
                InOrder(
                    a.Fact.TimeMicros,
                    b.Fact.TimeMicros,
                    a.Fact.IsClick ? 0 : 1,
                    b.Fact.IsClick ? 0 : 1,
                    a.Fact.Id,
                    b.Fact.Id
                )
        );
        var next = 0;
        foreach (var (fact, cause) in _newActions)
        {
            for (; next < _newViews.Count && _newViews[next].View.TimeMicros <= fact.TimeMicros; next++)
                Judge(_newViews[next]);
            if (fact.IsClick)
                JudgeClick(fact, cause);
            else
                JudgeConversion(fact, cause);
        }

        for (; next < _newViews.Count; next++)
            Judge(_newViews[next]);
        _newViews.Clear();
        _newActions.Clear();
        _haste.EndMinute();
    }

    private static int InOrder(long oneTime, long otherTime, int oneKind, int otherKind, ulong oneId, ulong otherId) =>
        (oneTime, oneKind, oneId).CompareTo((otherTime, otherKind, otherId));

    private readonly record struct Impression(Touch View, int User, long CostMicros);
}
