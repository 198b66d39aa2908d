"""How Sitebook looks: the page frame, components, lists and the guide.

Nothing here knows the trade. Areas above bring their rows, forms and words; this one brings the page around them.
"""
