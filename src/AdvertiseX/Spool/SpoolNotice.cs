namespace AdvertiseX.Spool;

/// <summary>Something that an operator wants to know of a spool.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">One line.</param>
internal sealed record SpoolNotice(SpoolNoticeKind Kind, string Text);
