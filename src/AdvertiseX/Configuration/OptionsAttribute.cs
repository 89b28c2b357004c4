namespace AdvertiseX.Configuration;

/// <summary>Says that a property of an options record holds an options record of its own.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionsAttribute : Attribute;
