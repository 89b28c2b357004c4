namespace AdvertiseX.Reports;

/// <summary>How a conversion's credit is divided among its touches (<c>docs/terms.md</c>, Credit).</summary>
public enum AttributionModel
{
    LastTouch,
    FirstTouch,
    Linear,
    TimeDecay,

    /// <summary>40 % to the first, 40 % to the last, 20 % to those between.</summary>
    Position,
}
