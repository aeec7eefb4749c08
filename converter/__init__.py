"""A converter of exchange messages between a CRM and 1C:Бухгалтерия предприятия 3.0."""

__version__ = "0.1.0"
