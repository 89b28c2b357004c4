namespace AdvertiseX.Configuration;

/// <summary>Says that a property of an options record holds an options record of its own.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionsAttribute : Attribute;
