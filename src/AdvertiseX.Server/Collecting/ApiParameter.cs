namespace AdvertiseX.Server.Collecting;

/// <summary>A header, a parameter of a query, or a part of an address.</summary>
/// <param name="Name">Its name.</param>
/// <param name="In">header, query or path.</param>
/// <param name="Description">What it is.</param>
internal sealed record ApiParameter(string Name, string In, string Description)
{
    public bool IsRequired { get; init; }
}
